/** What tests of several packages use: a real PostgreSQL, and records in every state. */
@NullMarked
package io.rpaworker.testing;

import org.jspecify.annotations.NullMarked;
