// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>

namespace exitscope {

// Of ExitRow::userspace: "KVM_EXIT_IO"; "none", "unknown", "failed" and "other" of those that are no reason.
QString userspaceText(std::uint8_t userspace);
// Read back, without regard to case.
std::optional<std::uint8_t> userspaceNamed(const QString &text);

} // namespace exitscope
