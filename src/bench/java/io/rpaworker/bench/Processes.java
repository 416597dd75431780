package io.rpaworker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.util.StringUtils;

/** What processes have used, as Linux tells it in {@code /proc}. */
final class Processes {

    private static final double SECONDS_PER_TICK = 0.01;

    private Processes() {}

    /** A line of {@code /proc/<pid>/stat}: times in ticks. */
    private record Stat(long pid, long parent, long own, long children) {}

    /** Seconds of CPU that a process has used, without its children. */
    static double cpu(long pid) {
        return stat(pid).stream().mapToDouble(it -> it.own * SECONDS_PER_TICK).sum();
    }

    /** Seconds of CPU that a process and all of its children have used, those that have ended too. */
    static double cpuOfFamily(long pid) {
        double ticks = 0;
        for (Stat it : all()) {
            if (it.pid == pid) {
                ticks += it.own + it.children;
            } else if (it.parent == pid) {
                ticks += it.own;
            }
        }
        return ticks * SECONDS_PER_TICK;
    }

    /** Seconds of CPU that the whole machine has used. */
    static double cpuOfMachine() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = fields(lines.findFirst().orElseThrow());
            // user nice system idle iowait irq softirq
            long ticks = 0;
            for (int i : List.of(1, 2, 3, 6, 7)) {
                ticks += Long.parseLong(fields[i]);
            }
            return ticks * SECONDS_PER_TICK;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Megabytes of memory that a process holds. */
    static double residentMegabytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(it -> it.startsWith("VmRSS:"))
                    .mapToDouble(it -> Double.parseDouble(fields(it)[1]) / 1024)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    private static List<Stat> all() {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            Set<String> pids = entries.map(it -> it.getFileName().toString())
                    .filter(it -> it.chars().allMatch(Character::isDigit))
                    .collect(Collectors.toSet());
            var all = new ArrayList<Stat>();
            pids.forEach(pid -> all.addAll(stat(Long.parseLong(pid))));
            return all;
        } catch (IOException e) {
            return List.of();
        }
    }

    // Empty if it has just ended.
    private static List<Stat> stat(long pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = fields(line.substring(line.lastIndexOf(')') + 1));
            return List.of(new Stat(
                    pid,
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                    Long.parseLong(fields[13]) + Long.parseLong(fields[14])));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String[] fields(String line) {
        return StringUtils.tokenizeToStringArray(line, " \t\n");
    }
}
