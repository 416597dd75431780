package com.example.ledger;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A handler may have settings of its own, under a prefix of its own.
 *
 * @param factor what each number is multiplied by
 */
@ConfigurationProperties("ledger")
public record LedgerSettings(@DefaultValue("1") int factor) {}
