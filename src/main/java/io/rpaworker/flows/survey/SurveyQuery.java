package io.rpaworker.flows.survey;

import io.rpaworker.surveyhub.SurveyHub;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads surveys with their answers from SurveyHub. Its SQL runs on SQL Server 2017 and on the stand-in alike. */
final class SurveyQuery {

    // Surveys without responses are found too; their r.survey_id is null. The inner select is for the stand-in, which
    // walks through the ids for every row it joins: 42 us a survey without it at 512 ids, 10 us with it.
    private static final String SURVEYS = """
            select s.survey_id, s.customer_id, s.survey_name, r.survey_id, r.answer
            from (select survey_id, customer_id, survey_name from surveys where survey_id in (:ids)) s
            left join responses r on r.survey_id = s.survey_id
            """;

    // In the order of the primary key, so that a page costs what it has. Without responses there is nothing to score.
    private static final String PAGE = """
            select top (:size) s.survey_id, s.customer_id
            from surveys s
            where s.survey_id > :after
              and (cast(:customer as nvarchar(400)) is null or s.customer_id = cast(:customer as nvarchar(400)))
              and (cast(:year as int) is null or s.[year] = cast(:year as int))
              and exists (select 1 from responses r where r.survey_id = s.survey_id)
            order by s.survey_id
            """;

    private final SurveyHub surveyHub;

    SurveyQuery(SurveyHub surveyHub) {
        this.surveyHub = surveyHub;
    }

    /**
     * Asks for surveys, all in one query.
     *
     * @return those that SurveyHub has, by id. A collation by which SurveyHub finds {@code a1} when asked for
     *     {@code A1} makes no difference: it is under {@code a1} here
     */
    Map<String, Survey> byIds(Collection<String> ids) {
        var surveys = new HashMap<String, Survey>();
        for (Row row : surveyHub.queryByIds(SURVEYS, ids, SurveyQuery::toRow)) {
            Survey survey = surveys.computeIfAbsent(row.surveyId, row::toSurvey);
            if (row.isResponse) {
                survey.answers().add(row.answer);
            }
        }
        return surveys;
    }

    /**
     * Asks for some of the surveys that somebody has responded to, in SurveyHub's order of their ids.
     *
     * @param after the id that they come after; empty for the first ones
     * @param customer whose they are, as SurveyHub compares; null for anybody's
     * @param year which they are of; null for any
     * @param size how many at most; that there are fewer says that these are the last ones
     */
    List<Found> page(String after, @Nullable String customer, @Nullable Integer year, int size) {
        return surveyHub
                .jdbc()
                .sql(PAGE)
                .param("size", size)
                .param("after", after)
                .param("customer", customer, Types.NVARCHAR)
                .param("year", year, Types.INTEGER)
                .query((row, rowNumber) -> new Found(row.getString(1), row.getString(2)))
                .list();
    }

    /**
     * A survey that somebody has responded to.
     *
     * @param customerId whose it is; SurveyHub's column may be null
     */
    record Found(String surveyId, @Nullable String customerId) {}

    private static Row toRow(ResultSet row, int rowNumber) throws SQLException {
        return new Row(
                row.getString(1), row.getString(2), row.getString(3), row.getString(4) != null, row.getString(5));
    }

    private record Row(
            String surveyId,
            @Nullable String customerId,
            @Nullable String surveyName,
            boolean isResponse,
            @Nullable String answer) {

        Survey toSurvey(String id) {
            return new Survey(id, customerId, surveyName == null ? "" : surveyName, new ArrayList<>());
        }
    }
}
