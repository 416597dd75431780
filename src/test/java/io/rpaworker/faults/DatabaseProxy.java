package io.rpaworker.faults;

import io.rpaworker.testing.RpaDb;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The network between one worker and its PostgreSQL. It refuses, resets, falls silent in either direction - what was
 * sent meanwhile arrives afterwards - and, knowing the protocol, loses a COMMIT or the answer to one.
 */
final class DatabaseProxy implements AutoCloseable {

    private static final int CANCEL_OR_ENCRYPTION = 1234;

    private final URI database;
    private final RandomGenerator dice;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Gate toServer = new Gate();
    private final Gate toWorker = new Gate();
    private final AtomicInteger lostRequests = new AtomicInteger();
    private final AtomicInteger lostAnswers = new AtomicInteger();
    private final LocalPort port;
    private volatile double requestLoss;
    private volatile double answerLoss;

    DatabaseProxy(RpaDb db, RandomGenerator dice) {
        this.database = URI.create(db.url().substring("jdbc:".length()));
        this.dice = dice;
        this.port = new LocalPort("proxy", this::connect);
    }

    /** For {@code spring.datasource.url}. */
    String url() {
        return "jdbc:postgresql://localhost:%d%s?sslmode=disable&gssEncMode=disable"
                .formatted(port.number(), database.getPath());
    }

    /** Lets nobody in, and resets who is in. */
    void refuse() {
        port.shut();
        reset();
    }

    /** Lets everybody in again. */
    void accept() {
        port.open();
    }

    /** Ends every connection without good-bye. */
    void reset() {
        links.forEach(Link::reset);
    }

    /** Nothing that the worker sends arrives, until {@link #speak}. */
    void muteWorker() {
        toServer.shut();
    }

    /** Nothing that the server sends arrives, until {@link #speak}. */
    void muteServer() {
        toWorker.shut();
    }

    /** Ends all silence. */
    void speak() {
        toServer.open();
        toWorker.open();
    }

    /** Loses a share of the COMMITs on their way to the server, and a share of the answers to COMMIT. */
    void loseCommits(double requests, double answers) {
        requestLoss = requests;
        answerLoss = answers;
    }

    int lostRequests() {
        return lostRequests.get();
    }

    int lostAnswers() {
        return lostAnswers.get();
    }

    @Override
    public void close() {
        port.shut();
        speak();
        reset();
    }

    private void connect(Socket worker) {
        try {
            new Link(worker, new Socket(database.getHost(), database.getPort())).start();
        } catch (IOException serverIsDown) {
            abort(worker);
        }
    }

    /** One connection. */
    private final class Link {

        private final Socket worker;
        private final Socket server;
        private final Set<String> commits = new HashSet<>();
        private volatile boolean losingAnswer;

        Link(Socket worker, Socket server) throws IOException {
            this.worker = worker;
            this.server = server;
            worker.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void start() {
            links.add(this);
            Thread.ofVirtual().start(() -> run(this::forwardRequests));
            Thread.ofVirtual().start(() -> run(this::forwardAnswers));
        }

        void reset() {
            links.remove(this);
            abort(worker);
            abort(server);
        }

        private void run(Forwarding forwarding) {
            try {
                forwarding.run();
            } catch (IOException ended) {
                // The other direction ends with it.
            } finally {
                reset();
            }
        }

        private void forwardRequests() throws IOException {
            var in = new DataInputStream(worker.getInputStream());
            OutputStream out = server.getOutputStream();
            while (true) {
                int length = in.readInt();
                byte[] startup = message(in, null, length);
                send(out, startup);
                if (ByteBuffer.wrap(startup).getShort(4) != CANCEL_OR_ENCRYPTION) {
                    break;
                }
            }
            while (true) {
                byte type = in.readByte();
                byte[] message = message(in, type, in.readInt());
                if (asksToCommit(type, message)) {
                    double fate = dice.nextDouble();
                    if (fate < requestLoss) {
                        lostRequests.incrementAndGet();
                        return;
                    }
                    if (fate < requestLoss + answerLoss) {
                        losingAnswer = true;
                    }
                }
                send(out, message);
            }
        }

        private void forwardAnswers() throws IOException {
            InputStream in = server.getInputStream();
            OutputStream out = worker.getOutputStream();
            var bytes = new byte[16_384];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (losingAnswer) {
                    lostAnswers.incrementAndGet();
                    return;
                }
                toWorker.pass();
                out.write(bytes, 0, read);
            }
        }

        private void send(OutputStream out, byte[] message) throws IOException {
            toServer.pass();
            out.write(message);
        }

        // The driver sends COMMIT in the extended protocol, and after a few times only binds the statement it has.
        private boolean asksToCommit(byte type, byte[] message) {
            return switch (type) {
                case 'Q' -> isCommit(text(message, 0));
                case 'P' -> {
                    if (isCommit(text(message, 1))) {
                        commits.add(text(message, 0));
                    } else {
                        commits.remove(text(message, 0));
                    }
                    yield false;
                }
                case 'B' -> commits.contains(text(message, 1));
                default -> false;
            };
        }
    }

    private interface Forwarding {
        void run() throws IOException;
    }

    /** Keeps bytes waiting. */
    private static final class Gate {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition opened = lock.newCondition();
        private boolean shut;

        void shut() {
            lock.lock();
            try {
                shut = true;
            } finally {
                lock.unlock();
            }
        }

        void open() {
            lock.lock();
            try {
                shut = false;
                opened.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void pass() {
            lock.lock();
            try {
                while (shut) {
                    opened.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private static boolean isCommit(String sql) {
        return sql.strip().toUpperCase(Locale.ROOT).equals("COMMIT");
    }

    private static byte[] message(DataInputStream in, @Nullable Byte type, int length) throws IOException {
        int head = type == null ? 0 : 1;
        var message = new byte[head + length];
        ByteBuffer header = ByteBuffer.wrap(message);
        if (type != null) {
            header.put(type);
        }
        header.putInt(length);
        in.readFully(message, header.position(), length - 4);
        return message;
    }

    /** One of the strings that a message begins with. */
    private static String text(byte[] message, int index) {
        int head = 5;
        return new String(message, head, message.length - head, StandardCharsets.ISO_8859_1).split("\0", -1)[index];
    }

    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            return;
        }
        LocalPort.close(socket);
    }
}
