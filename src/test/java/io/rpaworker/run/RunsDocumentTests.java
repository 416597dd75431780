package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.HandlerProject;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/handlers.md and docs/runs.md show of runs is as they say. */
class RunsDocumentTests {

    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theCodeOfHandlersCompiles() throws IOException {
        String document = Files.readString(Path.of("docs/handlers.md"));
        String runs = document.substring(document.indexOf("\n## Runs\n"), document.indexOf("\n## Adding records\n"));
        Matcher code = JAVA.matcher(runs);
        assertThat(code.find()).isTrue();

        new HandlerProject()
                .source("com.example.Invoices", "import org.jspecify.annotations.*;\n" + code.group(1))
                .into(folder.resolve("invoices.jar"));

        assertThat(folder.resolve("invoices.jar")).exists();
    }

    @Test
    void theQueriesRunAndFindNothingWrong() throws IOException {
        RpaDb db = Postgres.migrated();
        Matcher queries = SQL.matcher(Files.readString(Path.of("docs/runs.md")));
        assertThat(queries.find()).isTrue();
        for (String query : queries.group(1).split(";\n", -1)) {
            if (!query.isBlank()) {
                assertThat(db.jdbc().sql(query).query().listOfRows()).as(query).isEmpty();
            }
        }
    }
}
