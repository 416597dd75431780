package io.rpaworker.bench.peer;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.bench.handler.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What the Java peers' processes have in common: arguments, the console, what a job does. */
final class PeerProcess {

    private final String mode;
    private final int records;
    private final HikariDataSource dataSource = new HikariDataSource();
    private final BufferedReader console = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    /**
     * Arguments: fill, work or write; the database's URL; how many records.
     *
     * @param forWriting how many more connections if each record writes
     */
    PeerProcess(String[] arguments, int atLeast, int forWriting) {
        this.mode = arguments[0];
        this.records = Integer.parseInt(arguments[2]);
        dataSource.setJdbcUrl(arguments[1]);
        dataSource.setUsername("postgres");
        int connections = mode.equals("write") ? atLeast + forWriting : atLeast;
        dataSource.setMaximumPoolSize(connections);
        dataSource.setMinimumIdle(connections);
    }

    boolean isToFill() {
        return mode.equals("fill");
    }

    int records() {
        return records;
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** The same payload as everybody's. */
    static String payload(int i) {
        return "{\"id\":%d,\"flow\":\"orders\",\"customer\":\"c-%d\",\"amount\":%d.50,\"note\":\"a small payload of text\"}"
                .formatted(i, i % 1000, i * 7L % 10000);
    }

    void handle(String payload) {
        int from = payload.indexOf(':') + 1;
        long id = Long.parseLong(payload.substring(from, payload.indexOf(',', from)));
        if (mode.equals("write")) {
            write(id);
        }
        Progress.handled(id);
    }

    private void write(long id) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("insert into results (id, value) values (?, ?)")) {
            insert.setLong(1, id);
            insert.setString(2, "done");
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void awaitGo() throws IOException, InterruptedException {
        Thread.sleep(300);
        System.out.println("READY");
        console.readLine();
    }

    void awaitEnd() throws IOException {
        console.readLine();
        Runtime.getRuntime().halt(0);
    }
}
