/** A second handler of the same flow. */
@NullMarked
package com.example.rival;

import org.jspecify.annotations.NullMarked;
