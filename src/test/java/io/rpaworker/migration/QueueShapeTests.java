package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.shape.QueueShape;
import io.rpaworker.queue.shape.QueueShape.Part;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the worker expects of the queue's table is what the migrations make. */
class QueueShapeTests {

    private static final Path EXPECTED = Path.of("src/main/resources/io/rpaworker/queue/shape/queue-shape.txt");

    private final RpaDb db = Postgres.migrated();

    @Test
    void isTheOneInTheResource() throws IOException {
        Golden.assertFile(lines(db), EXPECTED);
    }

    @Test
    void isTheSameInAnotherSchema() {
        RpaDb empty = Postgres.empty();
        RpaDb elsewhere = RpaDb.at(empty.url() + "?currentSchema=rpa");
        empty.execute("create schema rpa");

        Postgres.migrate(elsewhere.url());

        assertThat(QueueParts.over(elsewhere.dataSource())
                        .part(QueueShape.class)
                        .find())
                .extracting(QueueShapeTests::line)
                .isEqualTo(lines(db));
    }

    private static List<String> lines(RpaDb db) {
        return QueueParts.over(db).part(QueueShape.class).find().stream()
                .map(QueueShapeTests::line)
                .toList();
    }

    private static String line(Part part) {
        return String.join(" | ", part.kind(), part.name(), part.definition());
    }
}
