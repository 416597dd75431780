package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/dba.md shows the table that the migrations make. */
class TablePictureTests {

    private static final Path DOCUMENT = Path.of("docs/dba.md");
    private static final String START = "### The table as it is";
    private static final String FENCE = "```";

    private final RpaDb db = Postgres.migrated();

    @Test
    void isTheOneInTheDocument() throws IOException {
        Golden.assertBlock(TablePicture.of(db), DOCUMENT, START, FENCE + "text", FENCE);
    }

    @Test
    void showsWhateverIsAdded() {
        List<String> before = TablePicture.of(db);

        db.execute("alter table processing_queue add column more numeric(4, 1) default 2.5 unique");
        db.execute("alter table processing_queue add constraint bounded check (more < 5) not valid");
        db.execute("create function nothing() returns trigger language plpgsql as 'begin return null; end'");
        db.execute("create trigger more after delete on processing_queue for each row execute function nothing()");
        db.execute("alter table processing_queue set (toast_tuple_target = 4096)");

        assertThat(TablePicture.of(db))
                .containsAll(before)
                .filteredOn(it -> !before.contains(it))
                .map(String::strip)
                .map(it -> it.replaceAll(" +", " "))
                .containsExactly(
                        "more | numeric(4,1) | | 2.5",
                        "\"processing_queue_more_key\" UNIQUE CONSTRAINT, btree (more)",
                        "\"bounded\" CHECK (more < 5::numeric) NOT VALID",
                        "more AFTER DELETE ON processing_queue FOR EACH ROW EXECUTE FUNCTION nothing()",
                        "toast_tuple_target=4096");
    }
}
