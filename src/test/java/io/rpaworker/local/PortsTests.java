package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class PortsTests {

    @Test
    void takenPortIsNamed() throws IOException {
        try (var other = new ServerSocket(0)) {
            int port = other.getLocalPort();
            var environment = new MockEnvironment()
                    .withProperty("server.port", "-1")
                    .withProperty("management.server.port", Integer.toString(port));

            assertThatExceptionOfType(LocalRunException.class)
                    .isThrownBy(() -> Ports.refuseTaken(environment))
                    .withMessageStartingWith("Port %d (management.server.port) is taken".formatted(port))
                    .satisfies(it -> assertThat(it.action()).contains("MANAGEMENT_SERVER_PORT=8091"));
        }
    }

    @Test
    void freePortsAndPortsOfTheSystemsChoiceAreFine() throws IOException {
        int free;
        try (var socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }

        Ports.refuseTaken(new MockEnvironment()
                .withProperty("server.port", Integer.toString(free))
                .withProperty("management.server.port", "0"));
    }
}
