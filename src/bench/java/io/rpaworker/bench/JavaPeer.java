package io.rpaworker.bench;

import io.rpaworker.bench.peer.DbSchedulerPeer;
import io.rpaworker.bench.peer.JobRunrPeer;
import io.rpaworker.testing.WorkerImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A peer whose process is a class of this class path: db-scheduler or JobRunr. */
final class JavaPeer implements Contender {

    private final Setup setup;
    private final String name;
    private final Class<?> main;
    private final String schema;
    private final String left;

    private JavaPeer(Setup setup, String name, Class<?> main, String schema, String left) {
        this.setup = setup;
        this.name = name;
        this.main = main;
        this.schema = schema;
        this.left = left;
    }

    static JavaPeer dbScheduler(Setup setup) {
        return new JavaPeer(
                setup,
                "db-scheduler",
                DbSchedulerPeer.class,
                DbSchedulerPeer.SCHEMA,
                "select count(*) from scheduled_tasks where cast(:records as int) > 0");
    }

    static JavaPeer jobRunr(Setup setup) {
        return new JavaPeer(
                setup,
                "JobRunr",
                JobRunrPeer.class,
                // It makes its tables itself.
                "select",
                "select :records - count(*) from jobrunr_jobs where state = 'SUCCEEDED'");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Drain drain(Server server, int records, boolean writing) throws IOException, InterruptedException {
        JdbcClient db = server.create("peer");
        Written.createTable(db);
        if (!schema.equals("select")) {
            db.sql(schema).update();
        }
        setup.run(command(server, records, "fill"), setup.folder());
        server.settle(db);
        Contestant contestant = Contestant.start(
                command(server, records, writing ? "write" : "work"),
                setup.folder(),
                setup.folder().resolve(main.getSimpleName() + ".txt"));
        try {
            contestant.awaitReady();
            var race = new Race(
                    server,
                    List.of(contestant),
                    records,
                    contestant::go,
                    () -> db.sql(left)
                            .param("records", records)
                            .query(Long.class)
                            .single());
            return race.run().andExactly(!writing || Written.once(db, records));
        } finally {
            contestant.close();
        }
    }

    // The worker's own flags do better by the peers, too, than the JVM's defaults. 60,000 no-op records, CPU of
    // PostgreSQL and peer together in ms per record, on a busy machine: db-scheduler 0.49 against 0.58, JobRunr 1.46
    // against 1.57.
    private List<String> command(Server server, int records, String mode) {
        var command = new ArrayList<String>();
        command.add(setup.java().toString());
        command.addAll(WorkerImage.JVM);
        command.addAll(List.of(
                "-Xmx2g",
                "-cp",
                setup.classPath(),
                main.getName(),
                mode,
                server.url("peer"),
                Integer.toString(records)));
        return command;
    }
}
