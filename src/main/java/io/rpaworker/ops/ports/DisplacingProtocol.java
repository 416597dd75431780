package io.rpaworker.ops.ports;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP with a bound on connections: once there are many, a newcomer takes the place of the oldest. A probe is answered
 * within milliseconds and then gone, while a connection whose request never ends, or whose answer nobody reads, is the
 * oldest before long. Tomcat itself would let the newcomer wait, and takes each byte for a reason to wait longer.
 *
 * <p>Public because Tomcat makes it from its name.
 */
public final class DisplacingProtocol extends Http11NioProtocol {

    /** Connections that are served at once: few enough for 1,024 files, and for a small heap. */
    static final int MOST = 256;

    /** A protocol that has accepted nothing yet. */
    public DisplacingProtocol() {
        super(new Endpoint());
    }

    private static final class Endpoint extends NioEndpoint {

        private static final Logger log = LoggerFactory.getLogger(DisplacingProtocol.class);

        // Oldest first. Used by the thread that accepts.
        private final Queue<SocketChannel> accepted = new ArrayDeque<>();

        @Override
        protected boolean setSocketOptions(SocketChannel newcomer) {
            if (accepted.size() >= MOST) {
                accepted.removeIf(it -> !it.isOpen());
            }
            while (accepted.size() >= MOST) {
                displace(accepted.remove());
            }
            accepted.add(newcomer);
            return super.setSocketOptions(newcomer);
        }

        // Closing it is left to the threads that may be using it: this wakes them up, whether they read or write.
        private static void displace(SocketChannel oldest) {
            try {
                oldest.shutdownInput();
                oldest.shutdownOutput();
            } catch (IOException e) {
                log.debug("The oldest connection has just ended by itself", e);
            }
        }
    }
}
