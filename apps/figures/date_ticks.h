// Finds the ticks of an axis of dates or times: the beginnings of years, months, days, hours or minutes.
#pragma once

#include <vector>

#include "apps/draw/ticks.h"
#include "apps/formats/columns.h"

namespace pushforward::app {

// Returns about `wanted` ticks inside the limits of a column of dates (days since 1970-01-01) or times
// (seconds since then). They are at multiples of 1, 2 or 5 times a power of ten years, of 1, 2, 3 or 6
// months, of 1, 2, 5 or 10 days of the month, of 1, 3, 6 or 12 hours, or of 1, 5, 15 or 30 minutes; times
// that span less have ticks at round seconds. The texts have what differs: 2014, 2014-03, 2014-03-11,
// 03-11 06:00.
std::vector<Tick> date_ticks(const TableColumn& type, Limits limits, int wanted);

}  // namespace pushforward::app
