package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What Prometheus gets from a worker. */
public record Scrape(List<Sample> samples) {

    private static final Pattern LINE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** One line. */
    public record Sample(String name, Map<String, String> labels, double value) {}

    public static Scrape of(TestWorker worker) {
        var answer = Management.get(worker, "/actuator/prometheus");
        assertThat(answer.status()).isEqualTo(200);
        return new Scrape(answer.body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(Scrape::sample)
                .toList());
    }

    /** The value of one of ours, whose labels are exactly these. */
    public double value(String name, String... labels) {
        var expected = new TreeMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            expected.put(labels[i], labels[i + 1]);
        }
        return ours().stream()
                .filter(it -> it.name().equals(name) && it.labels().equals(expected))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + name + expected + " in " + ours()))
                .value();
    }

    public List<Sample> ours() {
        return samples.stream().filter(it -> it.name().startsWith("rpa_")).toList();
    }

    private static Sample sample(String line) {
        var parts = LINE.matcher(line);
        assertThat(parts.matches()).as(line).isTrue();
        var labels = new TreeMap<String, String>();
        String some = parts.group(2);
        if (some != null) {
            LABEL.matcher(some).results().forEach(it -> labels.put(it.group(1), it.group(2)));
        }
        return new Sample(parts.group(1), labels, Double.parseDouble(parts.group(3)));
    }
}
