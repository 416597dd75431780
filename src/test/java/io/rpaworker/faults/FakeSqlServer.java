package io.rpaworker.faults;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Speaks just enough of SQL Server's protocol, TDS 7.4, for the real driver to log in and to read surveys - each with
 * one answer - and fails in every way that it is told to.
 */
final class FakeSqlServer implements AutoCloseable {

    /** What becomes of requests. */
    enum Mood {
        ANSWERS,
        FAILS,
        FAILS_LOGINS,
        IS_SILENT,
        HANGS_UP
    }

    private static final int BATCH = 1;
    private static final int RPC = 3;
    private static final int ATTENTION = 6;
    private static final int LOGIN = 16;
    private static final int PRELOGIN = 18;
    private static final Pattern SURVEY = Pattern.compile("S-\\d+");
    private static final byte[] COLLATION = {0x09, 0x04, (byte) 0xD0, 0x00, 0x34};

    private final AtomicInteger failures = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Mood mood = Mood.ANSWERS;
    private volatile int number;
    private volatile String unbearable = "S-none";
    private final LocalPort port = new LocalPort("fake-sql-server", this::connect);

    /** For {@code rpa.survey-hub.url}. */
    String url() {
        return "jdbc:sqlserver://localhost:" + port.number()
                + ";encrypt=false;databaseName=SurveyHub;connectRetryCount=0";
    }

    /** Behaves so from now on. */
    void is(Mood mood) {
        this.mood = mood;
    }

    /** Answers every query with this error from now on. */
    void fails(int number) {
        this.number = number;
        this.mood = Mood.FAILS;
    }

    /** Answers queries that name this survey with an error that no other deserves. */
    void cannotBear(String survey, int number) {
        this.number = number;
        this.unbearable = survey;
    }

    /** Refuses connections, and ends those that there are. */
    void goAway() {
        port.shut();
        hangUp();
    }

    /** Accepts connections again. */
    void comeBack() {
        port.open();
    }

    /** Ends all connections. */
    void hangUp() {
        sockets.forEach(LocalPort::close);
    }

    /** How many requests it has failed. */
    int failures() {
        return failures.get();
    }

    @Override
    public void close() {
        goAway();
    }

    private void connect(Socket socket) {
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (true) {
                var request = new ByteArrayOutputStream();
                int type = receive(in, request);
                if (mood == Mood.IS_SILENT) {
                    failures.incrementAndGet();
                } else if (!answer(type, request.toString(StandardCharsets.ISO_8859_1), out)) {
                    failures.incrementAndGet();
                    return;
                }
            }
        } catch (IOException ended) {
            // The driver has closed the connection, or hangUp has.
        } finally {
            sockets.remove(socket);
        }
    }

    /** False if the connection is to end. */
    private boolean answer(int type, String request, OutputStream out) throws IOException {
        var answer = new Answer();
        switch (type) {
            case PRELOGIN -> answer.prelogin();
            case LOGIN -> {
                if (mood == Mood.FAILS_LOGINS) {
                    failures.incrementAndGet();
                    answer.error(18_456, 14).done(0xFD, 2, 0);
                } else {
                    answer.login();
                }
            }
            case ATTENTION -> answer.done(0xFD, 0x20, 0);
            case BATCH, RPC -> {
                return answerQuery(type == RPC, request.replace("\0", ""), answer, out);
            }
            default -> answer.done(0xFD, 0, 0);
        }
        answer.send(out, answer.length());
        return true;
    }

    private boolean answerQuery(boolean call, String request, Answer answer, OutputStream out) throws IOException {
        boolean fails = mood == Mood.FAILS || request.contains(unbearable);
        boolean asks = request.toLowerCase(Locale.ROOT).contains("select");
        if (fails && asks) {
            failures.incrementAndGet();
            answer.error(number, 16);
        } else if (request.contains("surveys")) {
            var ids = new LinkedHashSet<String>();
            SURVEY.matcher(request).results().forEach(it -> ids.add(it.group()));
            answer.surveys(ids, call);
        } else if (asks) {
            answer.one(call);
        }
        if (call) {
            answer.returnStatus();
        }
        answer.done(call ? 0xFE : 0xFD, fails ? 2 : 0, 0);
        if (mood == Mood.HANGS_UP) {
            answer.send(out, answer.length() / 2);
            return false;
        }
        answer.send(out, answer.length());
        return true;
    }

    private static int receive(DataInputStream in, ByteArrayOutputStream request) throws IOException {
        while (true) {
            int type = in.readUnsignedByte();
            boolean last = (in.readUnsignedByte() & 1) == 1;
            int length = in.readUnsignedShort();
            in.readInt();
            request.write(in.readNBytes(length - 8));
            if (last) {
                return type;
            }
        }
    }

    /** An answer's tokens. Numbers are little-endian, unlike those of the packet's head. */
    private static final class Answer {

        private static final int PACKET = 4_000;

        private final ByteArrayOutputStream tokens = new ByteArrayOutputStream();

        int length() {
            return tokens.size();
        }

        void prelogin() {
            // Version at 11, six bytes; encryption at 17, one byte: not supported.
            bytes(0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 0x03, 0xE8, 0, 0, 2);
        }

        void login() {
            // The collation, by which the driver encodes text.
            bytes(0xE3).number(8, 2).bytes(7, 5).bytes(COLLATION).bytes(0);
            String name = "Fake SQL Server";
            bytes(0xAD).number(1 + 4 + 1 + 2 * name.length() + 4, 2).bytes(1, 0x74, 0, 0, 4);
            bytes(name.length()).text(name).bytes(16, 0, 0x03, 0xE8);
            done(0xFD, 0, 0);
        }

        Answer error(int number, int severity) {
            String message = "Injected error " + number;
            String server = "fake";
            int length = 4 + 1 + 1 + 2 + 2 * message.length() + 1 + 2 * server.length() + 1 + 4;
            bytes(0xAA).number(length, 2).number(number, 4).bytes(1, severity);
            number(message.length(), 2).text(message);
            return bytes(server.length()).text(server).bytes(0).number(1, 4);
        }

        void one(boolean call) {
            // One column, int, not null, without a name; one row with a 1.
            bytes(0x81, 1, 0).number(0, 4).number(0, 2).bytes(0x38, 0);
            bytes(0xD1).number(1, 4);
            if (call) {
                done(0xFF, 0x11, 1);
            }
        }

        void surveys(Set<String> ids, boolean call) {
            bytes(0x81).number(5, 2);
            for (String column : new String[] {"survey_id", "customer_id", "survey_name", "survey_id", "answer"}) {
                // nvarchar(100), nullable.
                number(0, 4).number(1, 2).bytes(0xE7).number(200, 2).bytes(COLLATION);
                bytes(column.length()).text(column);
            }
            for (String id : ids) {
                bytes(0xD1);
                for (String value : new String[] {id, "C" + id.substring(1), "Survey " + id, id, "4"}) {
                    number(2L * value.length(), 2).text(value);
                }
            }
            if (call) {
                done(0xFF, 0x11, ids.size());
            }
        }

        void returnStatus() {
            bytes(0x79).number(0, 4);
        }

        void done(int token, int status, long rows) {
            bytes(token).number(status, 2).number(0xC1, 2).number(rows, 8);
        }

        void send(OutputStream out, int length) throws IOException {
            byte[] all = tokens.toByteArray();
            for (int from = 0; from < length; from += PACKET) {
                int size = Math.min(PACKET, length - from);
                boolean last = from + size == all.length;
                var packet = new ByteArrayOutputStream();
                packet.write(4);
                packet.write(last ? 1 : 0);
                packet.write((size + 8) >> 8);
                packet.write((size + 8) & 0xFF);
                packet.write(new byte[] {0, 0, 1, 0});
                packet.write(all, from, size);
                out.write(packet.toByteArray());
            }
            out.flush();
        }

        private Answer bytes(int... values) {
            for (int value : values) {
                tokens.write(value);
            }
            return this;
        }

        private Answer bytes(byte[] values) {
            tokens.writeBytes(values);
            return this;
        }

        private Answer number(long value, int bytes) {
            for (int i = 0; i < bytes; i++) {
                tokens.write((int) (value >> (8 * i)) & 0xFF);
            }
            return this;
        }

        private Answer text(String text) {
            return bytes(text.getBytes(StandardCharsets.UTF_16LE));
        }
    }
}
