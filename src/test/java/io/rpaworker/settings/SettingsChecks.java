package io.rpaworker.settings;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The checks of settings that a start makes, for contexts with nothing else of the worker. */
@Configuration(proxyBeanMethods = false)
@Import({UnknownSettings.class, DurationUnits.class})
public class SettingsChecks {}
