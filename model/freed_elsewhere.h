// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThreadPool>

#include <malloc.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace exitscope {

enum class Freed : std::uint8_t {
    ForReuse,
    ToSystem, // of something large: else the allocator keeps what lies between pieces that are still in use
};

// Shared by threads, and freed in one of its own: giving back hundreds of megabytes takes longer than a window may
// stand still, and whoever lets go last may be the window.
template <typename T>
std::shared_ptr<const T> freedElsewhere(T &&value, Freed freed = Freed::ForReuse)
{
    return {new T(std::forward<T>(value)),
        [freed](const T *old) {
            QThreadPool::globalInstance()->start([old, freed] {
                delete old;
                if (freed == Freed::ToSystem)
                    malloc_trim(0);
            });
        }};
}

} // namespace exitscope
