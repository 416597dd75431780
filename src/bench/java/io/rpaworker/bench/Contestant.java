package io.rpaworker.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.util.StringUtils;

/** A process that handles records and tells on its console how far it is, see {@code Progress}. */
final class Contestant implements AutoCloseable {

    private final Process process;
    private final PrintWriter input;
    private final Map<Long, Long> arrivals = new ConcurrentHashMap<>();
    private volatile boolean ready;
    private volatile long handled;
    private volatile long firstMicros = Long.MAX_VALUE;

    private Contestant(Process process) {
        this.process = process;
        this.input = new PrintWriter(process.outputWriter(), true);
        Thread.ofPlatform().daemon().start(this::read);
    }

    static Contestant start(List<String> command, Path folder, Path console) throws IOException {
        return new Contestant(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(console.toFile())
                .start());
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                String[] words = StringUtils.delimitedListToStringArray(line, " ");
                switch (words[0]) {
                    case "READY" -> ready = true;
                    case "DONE" -> {
                        firstMicros = Long.parseLong(words[2]);
                        handled = Long.parseLong(words[1]);
                    }
                    case "AT" -> arrivals.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
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
        while (!ready) {
            if (!process.isAlive()) {
                throw new IllegalStateException("A contestant has ended before it was ready");
            }
            Thread.sleep(20);
        }
    }

    void go() {
        input.println("GO");
    }

    long handled() {
        return handled;
    }

    /** When it began with its first record; far in the future if it had none. */
    long firstMicros() {
        return firstMicros;
    }

    /** When timed records have arrived, by their id. */
    Map<Long, Long> arrivals() {
        return arrivals;
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
