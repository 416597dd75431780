package io.rpaworker.flows.survey;

import io.rpaworker.handler.Handled;
import java.math.BigDecimal;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes scores. The only class that knows the columns of {@code survey_result}. */
final class SurveyResults {

    // unnest of all arrays side by side: one statement, and one text of it, whatever the chunk's size.
    private static final String UPSERT = """
            insert into survey_result (
                survey_id, customer_id, survey_name, answered, total, completeness, numeric_mean, grade, record_id,
                run_id, processed_at)
            select
                scored.survey_id, scored.customer_id, scored.survey_name, scored.answered, scored.total,
                scored.completeness, scored.numeric_mean, scored.grade, scored.record_id,
                scored.run_id, now()
            from unnest(
                cast(:surveyIds as text[]), cast(:customerIds as text[]), cast(:surveyNames as text[]),
                cast(:answered as integer[]), cast(:totals as integer[]), cast(:completeness as numeric[]),
                cast(:numericMeans as numeric[]), cast(:grades as text[]), cast(:recordIds as bigint[]),
                cast(:runIds as bigint[])
            ) as scored (
                survey_id, customer_id, survey_name, answered, total, completeness, numeric_mean, grade, record_id,
                run_id)
            on conflict (survey_id) do update set
                customer_id = excluded.customer_id,
                survey_name = excluded.survey_name,
                answered = excluded.answered,
                total = excluded.total,
                completeness = excluded.completeness,
                numeric_mean = excluded.numeric_mean,
                grade = excluded.grade,
                record_id = excluded.record_id,
                run_id = excluded.run_id,
                processed_at = excluded.processed_at
            """;

    private static final String SCORED = """
            select r.survey_id
            from survey_result r
            where r.survey_id = any (cast(:surveyIds as text[]))
            """;

    private static final String FIGURES = """
            select count(*) as scored,
                   count(*) filter (where r.grade = 'complete') as complete,
                   count(*) filter (where r.grade = 'partial') as partial,
                   count(*) filter (where r.grade = 'poor') as poor,
                   round(avg(r.completeness), 4) as average_completeness
            from survey_result r
            where r.run_id = :run
            """;

    private final JdbcClient jdbc;

    SurveyResults(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Inserts or replaces the rows of a chunk in one statement, in the transaction that is open.
     *
     * @param chunk in the order of its records' ids; of several records of one survey the last one's score stays
     */
    void upsert(List<Handled<SurveyPayload, SurveyScore>> chunk) {
        // One row a survey, or ON CONFLICT refuses to touch a row twice; and the rows in the same order in every
        // chunk, so that two transactions with surveys in common queue up instead of deadlocking.
        var rows = new TreeMap<String, Handled<SurveyPayload, SurveyScore>>();
        for (var handled : chunk) {
            rows.put(handled.result().surveyId(), handled);
        }
        var scores = rows.values().stream().map(Handled::result).toList();
        jdbc.sql(UPSERT)
                .param("surveyIds", column(scores, SurveyScore::surveyId, String[]::new))
                .param("customerIds", column(scores, SurveyScore::customerId, String[]::new))
                .param("surveyNames", column(scores, SurveyScore::surveyName, String[]::new))
                .param("answered", column(scores, SurveyScore::answered, Integer[]::new))
                .param("totals", column(scores, SurveyScore::total, Integer[]::new))
                .param("completeness", column(scores, score -> text(score.completeness()), String[]::new))
                .param("numericMeans", column(scores, score -> text(score.numericMean()), String[]::new))
                .param("grades", column(scores, score -> score.grade().word(), String[]::new))
                .param("recordIds", column(rows.values(), row -> row.record().id(), Long[]::new))
                .param(
                        "runIds",
                        column(rows.values(), row -> row.record().payload().foundByRun(), Long[]::new))
                .update();
    }

    /**
     * Which of these surveys have a score.
     *
     * @param surveyIds compared exactly; none or more
     */
    Set<String> scored(Collection<String> surveyIds) {
        return jdbc.sql(SCORED)
                .param("surveyIds", surveyIds.toArray(String[]::new), Types.ARRAY)
                .query(String.class)
                .set();
    }

    /** What the scores say that the records of a run have written, as far as no other record has replaced them. */
    SurveyFigures figures(long run) {
        return jdbc.sql(FIGURES).param("run", run).query(SurveyFigures.class).single();
    }

    private static <T, C> C[] column(
            Collection<T> rows, Function<T, ? extends @Nullable C> cell, IntFunction<C[]> array) {
        return rows.stream().map(cell).toArray(array);
    }

    // The driver has no arrays of BigDecimal.
    private static @Nullable String text(@Nullable BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }
}
