package com.example.faults;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Takes its time over each record and enters it into two ledgers that would take it twice, with a pause between. */
@Component
public class LedgerHandler implements RecordHandler<Task, Integer> {

    // Which claim it was is asked for in the same transaction: handlers are not told.
    private static final String FIRST = """
            insert into fx_ledger (record_id, claim_id, instance, attempt)
            select it.id, q.claim_id, q.flow_instance_id, q.retry_count + 1
            from unnest(:ids) as it(id)
            left join processing_queue q on q.id = it.id
            """;

    private final JdbcClient jdbc;

    /** Writes with the worker's own client. */
    public LedgerHandler(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return "ledger";
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Task> record) throws InterruptedException {
        Task task = record.payload();
        String deed = task.deed();
        if ("wait".equals(deed)) {
            await(Path.of("go"));
        }
        Thread.sleep(task.millis());
        switch (deed == null ? "nothing" : deed) {
            case "hang" -> hang();
            case "exit" -> System.exit(7);
            case "halt" -> Runtime.getRuntime().halt(137);
            case "exhaust" -> exhaust();
            default -> {}
        }
        return Outcome.completed(task.n());
    }

    @Override
    public void write(List<Handled<Task, Integer>> chunk) {
        if (chunk.stream()
                .anyMatch(it -> "exit-writing".equals(it.record().payload().deed()))) {
            System.exit(8);
        }
        long[] ids = chunk.stream().mapToLong(it -> it.record().id()).toArray();
        jdbc.sql(FIRST).param("ids", ids).update();
        jdbc.sql("select pg_sleep(0.003)").query().listOfRows();
        jdbc.sql("insert into fx_second (record_id) select unnest(:ids)")
                .param("ids", ids)
                .update();
    }

    // In the working directory of the process.
    private static void await(Path file) throws InterruptedException {
        while (Files.notExists(file)) {
            Thread.sleep(20);
        }
    }

    private static void hang() {
        var forever = new Object();
        synchronized (forever) {
            while (true) {
                try {
                    forever.wait();
                } catch (InterruptedException ignored) {
                    // That is what is wrong with it.
                }
            }
        }
    }

    private static void exhaust() {
        var all = new byte[4_096][];
        for (int i = 0; i < all.length; i++) {
            all[i] = new byte[8 * 1024 * 1024];
        }
        throw new IllegalStateException("There were " + all.length + " times 8 MB");
    }
}
