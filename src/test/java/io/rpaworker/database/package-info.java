/** Tests of the data sources. */
@NullMarked
package io.rpaworker.database;

import org.jspecify.annotations.NullMarked;
