/** Measures the worker beside its peers and beside PostgreSQL itself, all in one run; see docs/performance-log.md. */
@NullMarked
package io.rpaworker.bench;

import org.jspecify.annotations.NullMarked;
