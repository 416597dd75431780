package io.rpaworker.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The network between a worker and its rpa_db, which can be slow or swallow everything while no connection ends. */
public final class Network implements AutoCloseable {

    private final ServerSocket listener;
    private final URI database;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantReadWriteLock silence = new ReentrantReadWriteLock();
    private volatile Duration delay = Duration.ZERO;

    /** A network that works. */
    public Network(RpaDb db) {
        this.database = URI.create(db.url().substring("jdbc:".length()));
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** For {@code spring.datasource.url}. */
    public String url() {
        return "jdbc:postgresql://localhost:" + listener.getLocalPort() + database.getPath();
    }

    /** Runs {@code meanwhile} while not a byte arrives any more; what was sent meanwhile arrives afterwards. */
    public void whileSilent(Runnable meanwhile) {
        silence.writeLock().lock();
        try {
            meanwhile.run();
        } finally {
            silence.writeLock().unlock();
        }
    }

    /** Runs {@code meanwhile} while what is sent, in either direction, takes so long to arrive. */
    public void whileSlow(Duration oneWay, Runnable meanwhile) {
        delay = oneWay;
        try {
            meanwhile.run();
        } finally {
            delay = Duration.ZERO;
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        sockets.forEach(Network::closeQuietly);
    }

    private void accept() {
        try {
            while (true) {
                Socket worker = listener.accept();
                var server = new Socket(database.getHost(), database.getPort());
                sockets.add(worker);
                sockets.add(server);
                Thread.ofVirtual().start(() -> forward(worker, server));
                Thread.ofVirtual().start(() -> forward(server, worker));
            }
        } catch (IOException closed) {
            close();
        }
    }

    private void forward(Socket from, Socket to) {
        var bytes = new byte[8_192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                LockSupport.parkNanos(delay.toNanos());
                silence.readLock().lock();
                try {
                    out.write(bytes, 0, read);
                } finally {
                    silence.readLock().unlock();
                }
            }
        } catch (IOException ended) {
            // The other direction ends with it: both sockets are closed now.
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
