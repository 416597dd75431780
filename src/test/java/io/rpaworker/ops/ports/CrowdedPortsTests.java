package io.rpaworker.ops.ports;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.rpaworker.ops.Management;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes are answered however many connections one client has opened and left lying about. */
class CrowdedPortsTests {

    private static final int MANY = 5_000;
    private static final int PROBES = 10;

    private final TestWorker worker = TestWorker.on(Postgres.migrated())
            .property("rpa.worker.enabled", "false")
            .start();
    private final List<SocketChannel> connections = new ArrayList<>();

    @BeforeEach
    void warmUp() {
        probe();
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel it : connections) {
            it.close();
        }
        worker.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /actuator/health/liveness HTTP/1.1\r\nHost: x\r\nX-Long: ",
                "POST /actuator/health HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx",
                "GET /actuator/prometheus HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void probesAreAnsweredBesideConnectionsThatNeverEnd(String begun) throws IOException {
        for (int i = 0; i < many(); i++) {
            connections.add(open(begun));
        }
        var times = new ArrayList<Duration>();
        for (int i = 0; i < PROBES; i++) {
            drip(begun);
            times.add(probe());
        }

        assertThat(times).allMatch(it -> it.compareTo(Duration.ofSeconds(1)) <= 0);
    }

    @Test
    void aNewcomerTakesThePlaceOfTheOldest() throws IOException {
        String unfinished = "GET /actuator/health/liveness HTTP/1.1\r\nHost: x\r\n";
        for (int i = 0; i <= DisplacingProtocol.MOST; i++) {
            connections.add(open(unfinished));
        }

        SocketChannel oldest = connections.getFirst();
        SocketChannel newest = connections.getLast();
        oldest.socket().setSoTimeout(10_000);
        newest.socket().setSoTimeout(10_000);
        assertThat(oldest.socket().getInputStream().read()).isEqualTo(-1);
        newest.write(ByteBuffer.wrap("\r\n".getBytes(US_ASCII)));
        assertThat(newest.socket().getInputStream().read()).isEqualTo('H');
    }

    // As many as this process may open, beside what it needs.
    private static int many() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? (int) Math.min(MANY, system.getMaxFileDescriptorCount() - 1_000)
                : MANY;
    }

    private SocketChannel open(String begun) throws IOException {
        var connection = SocketChannel.open(new InetSocketAddress("localhost", worker.port(true)));
        connection.write(ByteBuffer.wrap(begun.getBytes(US_ASCII)));
        return connection;
    }

    // One byte more for each that is still open, as long as there is something to go on with.
    private void drip(String begun) {
        for (SocketChannel it : begun.isEmpty() ? List.<SocketChannel>of() : connections) {
            try {
                it.write(ByteBuffer.wrap("x".getBytes(US_ASCII)));
            } catch (IOException displaced) {
                // As it should be.
            }
        }
    }

    private Duration probe() {
        long asked = System.nanoTime();
        assertThat(Management.get(worker, "/actuator/health/liveness").status()).isEqualTo(200);
        return Duration.ofNanos(System.nanoTime() - asked);
    }
}
