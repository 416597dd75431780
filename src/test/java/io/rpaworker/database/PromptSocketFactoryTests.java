package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptSocketFactoryTests {

    private final byte[] bytes = new byte[8];
    private ServerSocket server;
    private Socket socket;
    private Socket other;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket = new PromptSocketFactory().createSocket();
        socket.connect(server.getLocalSocketAddress());
        other = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        other.close();
        server.close();
    }

    @Test
    void whereTheDriverPeeksForAMillisecondNothingIsWaitedFor() throws IOException {
        socket.setSoTimeout(1);

        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> socket.getInputStream().read(bytes, 0, 8))
                .withMessage("Nothing to read");
    }

    @Test
    void whatHasArrivedIsRead() throws Exception {
        socket.setSoTimeout(1);
        other.getOutputStream().write(new byte[] {1, 2, 3});
        while (socket.getInputStream().available() < 3) {
            Thread.sleep(1);
        }

        assertThat(socket.getInputStream().read(bytes, 0, 8)).isEqualTo(3);
    }

    @Test
    void anyOtherTimeoutIsWaitedFor() throws Exception {
        socket.setSoTimeout(10_000);
        Thread late = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(200);
                other.getOutputStream().write(7);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(socket.getInputStream().read(bytes, 0, 8)).isOne();
        late.join();
    }
}
