package io.rpaworker;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.rpaworker.offenders.ClockService;
import io.rpaworker.offenders.PiecedStatements;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for the SQL among the constants of the compiled classes; comments do not count. */
class SqlTests {

    private static final Pattern QUEUE = Pattern.compile("\\bprocessing_queue\\b");

    // One update of the queue, up to its "returning" or the end of the text.
    private static final Pattern UPDATE =
            Pattern.compile("\\bupdate\\s+processing_queue\\b.*?(?=\\breturning\\b|$)", Pattern.DOTALL);
    private static final Pattern CLAIMS = Pattern.compile("\\bset\\s+status = 'processing'");
    private static final Pattern WHERE = Pattern.compile("\\bwhere\\b.*", Pattern.DOTALL);
    private static final Pattern IS_NOBODYS = Pattern.compile("\\bstatus(::text)? = '(failed|pending)'");
    private static final Pattern IS_CLAIMED = Pattern.compile("\\bstatus(::text)? = 'processing'");
    private static final Pattern ASKS_FOR_CLAIM = Pattern.compile("(where|and) (q\\.)?claim_id (=|is null)");

    private static final List<JavaClass> MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.rpaworker").stream()
                    .toList();

    @Test
    void onlyThePackageQueueNamesTheQueuesTable() {
        assertThat(MAIN)
                .filteredOn(type -> constants(type).anyMatch(QUEUE.asPredicate()))
                .extracting(JavaClass::getPackageName)
                .isNotEmpty()
                .allMatch(name -> name.equals("io.rpaworker.queue") || name.startsWith("io.rpaworker.queue."));
    }

    @Test
    void everyUpdateOfTheQueueAsksForStatusAndClaim() {
        assertThat(MAIN.stream().flatMap(SqlTests::constants).flatMap(SqlTests::unguarded))
                .isEmpty();
    }

    @Test
    void thePackageRuleCanFail() {
        JavaClass offender = new ClassFileImporter().importClass(ClockService.class);

        assertThat(constants(offender)).anyMatch(QUEUE.asPredicate());
        assertThat(constants(offender).flatMap(SqlTests::unguarded)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update processing_queue set status = 'completed'",
                "update processing_queue set status = 'completed' where id = :id returning id",
                "update processing_queue set status = 'failed' where id = :id and status::text <> 'failed'",
                "update processing_queue set claim_id = null where status::text = 'processing' and id = :id",
                "update processing_queue set claim_id = null where status::text = 'completed' and claim_id = :claim",
                "update processing_queue set claim_id = null where status = 'processing' and id = :id",
                "update processing_queue set status = 'completed' where id = :id and claim_id = :claim",
                "update processing_queue set status = 'processing' where id = any (:ids)"
            })
    void theGuardRuleCanFail(String sql) {
        assertThat(unguarded(sql)).hasSize(1);
    }

    // A statement that is put together is read in pieces, and checked by no rule that reads constants.
    @Test
    void everyStatementIsOneWholeLiteral() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            var inSources = Statements.InSources.of(
                    sources.filter(it -> it.toString().endsWith(".java")).toList());

            assertThat(inSources.changed()).isEmpty();
            assertThat(MAIN.stream().flatMap(Statements::of)).isSubsetOf(inSources.whole());
        }
    }

    @Test
    void theRuleOfWholeLiteralsCanFail() {
        JavaClass offender = new ClassFileImporter().importClass(PiecedStatements.class);
        var inSources =
                Statements.InSources.of(List.of(Path.of("src/test/java/io/rpaworker/offenders/PiecedStatements.java")));

        assertThat(Statements.of(offender).filter(it -> !inSources.whole().contains(it)))
                .hasSize(2)
                .anyMatch(it -> it.startsWith("select 1"))
                .anyMatch(it -> it.startsWith("select 2"));
        assertThat(inSources.changed())
                .containsExactlyInAnyOrder("WHOLE", "\"select 3 from %s\"", "\"select 4 from %s\"");
    }

    private static Stream<String> unguarded(String sql) {
        return UPDATE.matcher(sql).results().map(MatchResult::group).filter(update -> !isGuarded(update, sql));
    }

    // A claim takes rows that it has locked and that nobody holds. Every other update names the status it expects; one
    // of a claimed row names its claim, or locks the rows by it in a part before. Failed and pending rows are nobody's.
    private static boolean isGuarded(String update, String sql) {
        if (CLAIMS.matcher(update).find()) {
            return sql.contains("claimed_at is null") && sql.contains("for no key update skip locked");
        }
        String where = WHERE.matcher(update)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElse("");
        return IS_NOBODYS.matcher(where).find()
                || (IS_CLAIMED.matcher(where).find()
                        && ASKS_FOR_CLAIM.matcher(sql).find());
    }

    private static Stream<String> constants(JavaClass type) {
        try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            var pool = ClassFile.of().parse(bytes.readAllBytes()).constantPool();
            return StreamSupport.stream(pool.spliterator(), false)
                    .filter(Utf8Entry.class::isInstance)
                    .map(entry -> ((Utf8Entry) entry).stringValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
