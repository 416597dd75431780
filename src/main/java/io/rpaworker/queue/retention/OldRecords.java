package io.rpaworker.queue.retention;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.queue.retention.Retention.Terms;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The records of a window, each by its id, for where {@link Retention} cannot delete the window at once: because of a
 * reference, a trigger, a rule, a policy or a lock.
 */
@Component
public class OldRecords {

    private static final String LOOK = """
            select id, flow_name,
                   coalesce(flow_name::text = any (cast(:flows as text[]))
                       and (run_id is null or run_id not in (select r.id from processing_run r where r.ended_at is null))
                       and case status::text
                               when 'completed' then
                                   coalesce(completed_at, updated_at) < now() - make_interval(secs =>
                                       case when id <= :lastAdopted then :adoptedSeconds else :completedSeconds end)
                               when 'failed' then
                                   next_retry_at is null and failed_at < now() - make_interval(secs =>
                                       case when id <= :lastAdopted then :adoptedSeconds else :deadSeconds end)
                           end, false) as meant,
                   created_at < now() - make_interval(secs =>
                       case when id <= :lastAdopted then :adoptedSeconds else least(:completedSeconds, :deadSeconds) end) as more
            from processing_queue
            where id >= :from
            order by id
            limit :window
            """;

    private static final String FREE = """
            select id
            from processing_queue
            where id = any (cast(:ids as bigint[]))
              and flow_name::text = any (cast(:flows as text[]))
              and (run_id is null or run_id not in (select r.id from processing_run r where r.ended_at is null))
              and case status::text
                      when 'completed' then
                          coalesce(completed_at, updated_at) < now() - make_interval(secs =>
                              case when id <= :lastAdopted then :adoptedSeconds else :completedSeconds end)
                      when 'failed' then
                          next_retry_at is null and failed_at < now() - make_interval(secs =>
                              case when id <= :lastAdopted then :adoptedSeconds else :deadSeconds end)
                  end
            for update skip locked
            """;

    // Nothing before it, nothing returned: PostgreSQL takes neither where a rule changes the statement.
    private static final String DELETE = """
            delete from processing_queue where id = any (cast(:ids as bigint[]))
            """;

    private static final String STILL_THERE = """
            select id
            from processing_queue
            where id = any (cast(:ids as bigint[]))
              and flow_name::text = any (cast(:flows as text[]))
              and (run_id is null or run_id not in (select r.id from processing_run r where r.ended_at is null))
              and case status::text
                      when 'completed' then
                          coalesce(completed_at, updated_at) < now() - make_interval(secs =>
                              case when id <= :lastAdopted then :adoptedSeconds else :completedSeconds end)
                      when 'failed' then
                          next_retry_at is null and failed_at < now() - make_interval(secs =>
                              case when id <= :lastAdopted then :adoptedSeconds else :deadSeconds end)
                  end
            """;

    private final JdbcClient jdbc;

    OldRecords(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A record that may be deleted. */
    public record OldRecord(long id, String flow) {}

    /**
     * A window that was only looked at.
     *
     * @param old what may be deleted of it, in the order of the ids
     * @param reached the last id that was looked at; 0 if there was none
     * @param more whether the next window may hold something that is old enough
     */
    public record Window(List<OldRecord> old, long reached, boolean more) {}

    /**
     * The ids of what may be deleted and is still there.
     *
     * @param locked what cannot be locked, mostly because somebody else has
     * @param kept what is there although deleting it made no error: a trigger, a rule or a policy keeps it
     */
    public record Left(Set<Long> locked, Set<Long> kept) {}

    private record Seen(OldRecord record, boolean meant, boolean more) {}

    /** Looks at the window that {@link Retention#purge} would take from the same id on. */
    public Window look(long from, Terms terms) {
        List<Seen> seen = bound(LOOK, terms)
                .param("from", from)
                .param("window", Retention.WINDOW)
                .query((row, rowNumber) -> new Seen(
                        new OldRecord(row.getLong("id"), row.getString("flow_name")),
                        row.getBoolean("meant"),
                        row.getBoolean("more")))
                .list();
        return new Window(
                seen.stream().filter(Seen::meant).map(Seen::record).toList(),
                seen.isEmpty() ? 0 : seen.getLast().record().id(),
                seen.stream().anyMatch(Seen::more));
    }

    /**
     * Deletes records, as far as they still may be deleted and nobody has locked them. Several statements, so it needs
     * the caller's transaction.
     *
     * @return what is left of it, unless the transaction fails when it is committed
     * @throws org.springframework.dao.DataAccessException if one of the records cannot be deleted; none was then
     */
    public Left delete(Collection<OldRecord> records, Terms terms) {
        Long[] ids = records.stream().map(OldRecord::id).toArray(Long[]::new);
        Set<Long> free = bound(FREE, terms)
                .param("ids", ids, Types.ARRAY)
                .query(Long.class)
                .set();
        jdbc.sql(DELETE).param("ids", free.toArray(Long[]::new), Types.ARRAY).update();
        Map<Boolean, Set<Long>> left =
                bound(STILL_THERE, terms).param("ids", ids, Types.ARRAY).query(Long.class).set().stream()
                        .collect(Collectors.partitioningBy(free::contains, Collectors.toSet()));
        return new Left(left.getOrDefault(false, Set.of()), left.getOrDefault(true, Set.of()));
    }

    private JdbcClient.StatementSpec bound(String sql, Terms terms) {
        return terms.bind(jdbc.sql(sql)).param("flows", terms.flows().toArray(String[]::new), Types.ARRAY);
    }
}
