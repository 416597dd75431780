package io.rpaworker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * As fast as PostgreSQL itself can be: two updates per record, a thousand records per statement, two clients, no
 * process that handles anything, no fence, no lease, nothing but the one index that claiming needs.
 */
final class Pgbench implements Contender {

    private static final int BATCH = 1_000;
    private static final int CLIENTS = 2;
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");

    private static final String TABLE = """
            create table processing_queue (
                id bigserial primary key,
                flow_name varchar(100) not null,
                payload jsonb not null,
                status varchar(20) default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
                flow_instance_id varchar(100),
                claimed_at timestamptz,
                completed_at timestamptz,
                error_message text,
                retry_count int default 0,
                created_at timestamptz default now(),
                updated_at timestamptz default now()
            ) with (fillfactor = 50);
            create index on processing_queue (flow_name, created_at, id) where claimed_at is null
            """;

    private static final String SCRIPT = """
            with claimed as (update processing_queue q set status = 'processing', claimed_at = now(), \
            flow_instance_id = 'replica-1', updated_at = now() where q.id = any (array(select id from processing_queue \
            where flow_name = 'orders' and claimed_at is null order by created_at, id limit %d for update skip locked)) \
            returning q.id, q.payload) \
            select array_agg(id)::text as ids, length(string_agg(payload::text, '|')) as bytes from claimed \\gset
            update processing_queue set status = 'completed', completed_at = now(), updated_at = now() \
            where id = any (:ids::bigint[]) and status = 'processing';
            """;

    private final Setup setup;
    private final Path program;

    Pgbench(Setup setup, Path program) {
        this.setup = setup;
        this.program = program;
    }

    @Override
    public String name() {
        return "pgbench, two updates";
    }

    @Override
    public Drain drain(Server server, int wanted, boolean writing) throws IOException, InterruptedException {
        // Each client runs its script so many times, and not a record less.
        int times = Math.ceilDiv(wanted, BATCH * CLIENTS);
        int records = times * BATCH * CLIENTS;
        JdbcClient db = server.create("raw");
        db.sql(TABLE).update();
        db.sql("insert into processing_queue (flow_name, payload, created_at) select 'orders', "
                        + Orders.payload(Orders.NOTE)
                        + ", now() + i * interval '1 microsecond' from generate_series(1, :records) i")
                .param("records", records)
                .update();
        server.settle(db);
        Path script = Files.writeString(setup.folder().resolve("raw.sql"), SCRIPT.formatted(BATCH));
        long wal = server.walBytes();
        Cpu cpu = Cpu.soFar(server);
        String printed = setup.run(command(server, script, times), setup.folder());
        cpu = Cpu.soFar(server).since(cpu);
        wal = server.walBytes() - wal;
        Matcher tps = TPS.matcher(printed);
        if (!tps.find()) {
            throw new IllegalStateException(printed);
        }
        long completed = db.sql("select count(*) from processing_queue where status = 'completed'")
                .query(Long.class)
                .single();
        double perSecond = Double.parseDouble(tps.group(1)) * BATCH;
        return new Drain(
                perSecond,
                perSecond,
                cpu.database() * 1e3 / records,
                cpu.own() * 1e3 / records,
                (double) wal / records,
                cpu.foreign(),
                completed == records);
    }

    private List<String> command(Server server, Path script, int times) {
        return List.of(
                program.toString(),
                "-h",
                "localhost",
                "-p",
                Integer.toString(server.port()),
                "-U",
                "postgres",
                "-n",
                "-M",
                "prepared",
                "-D",
                "ids={}",
                "-c",
                Integer.toString(CLIENTS),
                "-j",
                "2",
                "-t",
                Integer.toString(times),
                "-f",
                script.toString(),
                "raw");
    }
}
