package io.rpaworker.ops.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.flow.EnvironmentFiles;
import io.rpaworker.flow.EnvironmentFiles.EnvironmentFile;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Says in which settings of flows two environments differ. */
@Component
public class FlowDifferences {

    private static final Pattern ENVIRONMENT = Pattern.compile("[A-Za-z0-9_-]{1,50}");

    private final EnvironmentFiles files;

    FlowDifferences(EnvironmentFiles files) {
        this.files = files;
    }

    /**
     * What differs.
     *
     * @param a the first environment
     * @param b the second one
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Comparison(String a, String b, List<Difference> differences) {}

    /**
     * A setting that differs, with what holds in each environment, be it said of the flow or of all, or the default.
     *
     * @param a null for a limit that there is not
     * @param b the same
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Difference(
            String flow,
            String key,
            @Nullable Object a,
            @Nullable Object b) {}

    /**
     * Compares what the files of two environments say, of every flow that one of them names.
     *
     * @param environments two names with a comma between them
     * @throws Problem if these are no two names, or if a file is missing or cannot be read
     */
    public Comparison between(String environments) {
        List<String> names = List.of(environments.split(",", -1));
        if (names.size() != 2
                || !names.stream().allMatch(it -> ENVIRONMENT.matcher(it).matches())) {
            throw Parameters.invalid("compare", "Parameter compare is two environments, like staging,production");
        }
        try {
            return between(names.getFirst(), names.getLast());
        } catch (SettingsException e) {
            throw Parameters.invalid("compare", Objects.requireNonNullElse(e.getMessage(), "A file cannot be read"));
        }
    }

    private Comparison between(String one, String other) {
        EnvironmentFile a = file(one);
        EnvironmentFile b = file(other);
        var flows = new TreeSet<>(a.flows());
        flows.addAll(b.flows());
        var differences = new ArrayList<Difference>();
        for (String flow : flows) {
            Map<String, @Nullable Object> others = b.settings(flow);
            a.settings(flow).forEach((key, value) -> {
                if (!Objects.equals(value, others.get(key))) {
                    differences.add(new Difference(flow, key, value, others.get(key)));
                }
            });
        }
        return new Comparison(one, other, differences);
    }

    private EnvironmentFile file(String environment) {
        return files.find(environment)
                .orElseThrow(() -> new Problem(
                                Problem.Kind.NOT_FOUND, "There is no file %s".formatted(files.path(environment)))
                        .with("environment", environment)
                        .with("file", files.path(environment).toString()));
    }
}
