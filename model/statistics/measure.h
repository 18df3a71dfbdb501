// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>

namespace exitscope {

// What exits weigh: their number, or the time of timed ones, ns.
enum class Measure : std::uint8_t { Count, Gross, Net };
std::optional<Measure> measureNamed(const QString &name); // "count", "gross", "net"

} // namespace exitscope
