package io.rpaworker.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.springframework.core.env.Environment;

/** Looks for taken ports before anything is started, for Tomcat would find out last. */
final class Ports {

    private Ports() {}

    static void refuseTaken(Environment environment) {
        for (String property : new String[] {"server.port", "management.server.port"}) {
            int port = environment.getProperty(property, Integer.class, 0);
            if (port > 0 && isTaken(port)) {
                throw new LocalRunException(
                        "Port %d (%s) is taken: another program listens there, perhaps another local run."
                                .formatted(port, property),
                        "Stop that program, or choose another port: %s mvn spring-boot:test-run"
                                .formatted(
                                        property.equals("server.port")
                                                ? "SERVER_PORT=8090"
                                                : "MANAGEMENT_SERVER_PORT=8091"));
            }
        }
    }

    private static boolean isTaken(int port) {
        try (var socket = new ServerSocket()) {
            // As Tomcat does it: connections of a local run that has just ended do not count.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
