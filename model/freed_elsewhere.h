// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThreadPool>

#include <memory>
#include <utility>

namespace exitscope {

// Shared by threads, and freed in one of its own: giving back hundreds of megabytes takes longer than a window may
// stand still, and whoever lets go last may be the window.
template <typename T>
std::shared_ptr<const T> freedElsewhere(T &&value)
{
    return {new T(std::move(value)), [](const T *old) { QThreadPool::globalInstance()->start([old] { delete old; }); }};
}

} // namespace exitscope
