package io.rpaworker.flow;

import jakarta.validation.Valid;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which flows this replica processes, and how.
 *
 * @param global what holds for every flow that does not say otherwise
 * @param flows what holds for one flow, by its name
 */
@Validated
@ConfigurationProperties("rpa")
public record FlowsProperties(
        @DefaultValue @Valid @NestedConfigurationProperty FlowProperties global,
        @DefaultValue Map<String, @Valid FlowProperties> flows) {}
