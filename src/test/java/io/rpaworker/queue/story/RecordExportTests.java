package io.rpaworker.queue.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.story.RecordExport.Exported;
import io.rpaworker.queue.story.RecordExport.Part;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordExportTests {

    private final RpaDb db = Postgres.migrated();
    private final RecordExport export = QueueParts.over(db).part(RecordExport.class);

    // A hundred of them would be more than the heap of a command.
    @Test
    void aPartEndsWhereItsPayloadsAreLarge() {
        db.insertPending("f", 12);
        db.execute("update processing_queue set payload = jsonb_build_object('n', id, 'text', repeat('x', 3000000))");

        List<Part> parts = parts("f", null);

        assertThat(parts.getFirst().records()).hasSize(3);
        assertThat(parts).allMatch(it -> it.records().size() <= 3);
        assertThat(ids(parts)).isEqualTo(LongStream.rangeClosed(1, 12).boxed().toList());
        assertThat(parts.getFirst().records().getFirst().payload()).contains("\"n\": 1,");
    }

    @Test
    void partsOfManyRowsHaveEachOfThemOnce() {
        db.insertPending("f", 150);
        db.insertPending("other", 130);
        db.insert("f", "completed", 70);

        assertThat(ids(parts("f", null))).hasSize(220).doesNotHaveDuplicates().isSorted();
        assertThat(ids(parts(null, "completed"))).hasSize(70);
        assertThat(ids(parts("none", null))).isEmpty();
    }

    private List<Part> parts(@Nullable String flow, @Nullable String status) {
        var parts = new ArrayList<Part>();
        Part part = export.after(Long.MIN_VALUE, 100, flow, status);
        parts.add(part);
        while (!part.isLast()) {
            part = export.after(part.seenTo(), 100, flow, status);
            parts.add(part);
        }
        return parts;
    }

    private static List<Long> ids(List<Part> parts) {
        return parts.stream()
                .flatMap(it -> it.records().stream())
                .map(Exported::id)
                .toList();
    }
}
