package io.rpaworker.flow;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** What the configuration says of runs, whether or not this replica has their flow. */
@Component
@EnableConfigurationProperties(FlowsProperties.class)
public class FlowRuns {

    private final FlowsProperties properties;

    FlowRuns(FlowsProperties properties) {
        this.properties = properties;
    }

    /** All that is said of a flow's runs. */
    public RunSettings of(String flow) {
        return FlowSettings.of(flow, properties.flows().get(flow), properties.global())
                .run();
    }
}
