package io.rpaworker.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A process that handles records and tells on its console how far it is, see {@code Progress}. */
final class Contestant implements AutoCloseable {

    private final Process process;
    private final PrintWriter input;
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private volatile boolean ready;
    private volatile Seen seen = new Seen(0, 0, new BitSet());
    private volatile long handled;
    private volatile long firstMicros = Long.MAX_VALUE;

    private Contestant(Process process) {
        this.process = process;
        this.input = new PrintWriter(process.outputWriter(), true);
        Thread.ofPlatform().daemon().start(this::read);
    }

    /** When a timed record has arrived; a record that arrives twice is there twice. */
    record Arrival(long id, long micros) {}

    /** Which records were handled, of so many; and how often one came again. */
    record Seen(long handled, long again, BitSet ids) {}

    static Contestant start(List<String> command, Path folder, Path console) throws IOException {
        return new Contestant(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(console.toFile())
                .start());
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "READY" -> ready = true;
                    case "DONE" -> {
                        firstMicros = Long.parseLong(words[2]);
                        handled = Long.parseLong(words[1]);
                    }
                    case "AT" -> arrivals.add(new Arrival(Long.parseLong(words[1]), Long.parseLong(words[2])));
                    case "SEEN" ->
                        seen = new Seen(
                                Long.parseLong(words[1]),
                                Long.parseLong(words[2]),
                                BitSet.valueOf(Base64.getDecoder().decode(words[3])));
                    default -> {
                        // Its log.
                    }
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
    }

    /** Waits for the line READY. */
    void awaitReady() throws InterruptedException {
        Patience.of(Duration.ofMinutes(2)).await("a contestant that is ready", Duration.ofMillis(20), () -> {
            refuseDead();
            return ready;
        });
    }

    /** Waits until it has told which records it has handled; it does when nothing has come for half a second. */
    Seen awaitSeen() throws InterruptedException {
        Patience.of(Duration.ofMinutes(1)).await("what was handled", Duration.ofMillis(50), () -> {
            refuseDead();
            return seen.handled == handled;
        });
        return seen;
    }

    /** Throws if it has ended. */
    void refuseDead() {
        if (!process.isAlive()) {
            throw new IllegalStateException("A contestant has ended too early, with " + process.exitValue());
        }
    }

    void go() {
        input.println("GO");
    }

    long handled() {
        return handled;
    }

    /** How many records these have handled together; throws if one of them has ended. */
    static long handledBy(List<Contestant> contestants) {
        contestants.forEach(Contestant::refuseDead);
        return contestants.stream().mapToLong(Contestant::handled).sum();
    }

    /** When it began with its first record; far in the future if it had none. */
    long firstMicros() {
        return firstMicros;
    }

    /** The timed records that have arrived so far. */
    List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    long pid() {
        return process.pid();
    }

    double cpuSeconds() {
        return Processes.cpu(process.pid());
    }

    double residentMegabytes() {
        return Processes.residentMegabytes(process.pid());
    }

    @Override
    public void close() throws InterruptedException {
        input.close();
        process.destroy();
        if (!process.waitFor(15, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
