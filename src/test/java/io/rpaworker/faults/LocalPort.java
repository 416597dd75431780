package io.rpaworker.faults;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** A port on which a server of a test's own stops listening, and listens again later. */
final class LocalPort {

    private final String name;
    private final Consumer<Socket> connected;
    private final int number;
    private volatile ServerSocket listener;

    /** Listens at once, on a free port; {@code connected} gets one connection after the other. */
    LocalPort(String name, Consumer<Socket> connected) {
        this.name = name;
        this.connected = connected;
        this.listener = listen(0);
        this.number = listener.getLocalPort();
    }

    int number() {
        return number;
    }

    /** Lets nobody in; connections that there are stay. */
    void shut() {
        close(listener);
    }

    /** Lets everybody in again. */
    void open() {
        listener = listen(number);
    }

    /** Closes a socket, without a checked exception. */
    static void close(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ServerSocket listen(int port) {
        try {
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
            Thread.ofPlatform().daemon().name(name).start(() -> acceptFrom(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void acceptFrom(ServerSocket from) {
        while (!from.isClosed()) {
            Socket socket;
            try {
                socket = from.accept();
            } catch (IOException closed) {
                return;
            }
            connected.accept(socket);
        }
    }
}
