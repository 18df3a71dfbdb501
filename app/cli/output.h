// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdio>
#include <string_view>

namespace exitscope {

// Standard output in large pieces; remembers the first failure, such as a full disk.
class Output {
public:
    explicit Output(std::FILE *file) : m_file(file) { }

    void write(std::string_view text);
    // False if anything did not arrive; `error` is why.
    bool finish(QString &error);

private:
    std::FILE *m_file;
    int m_error = 0; // errno
};

} // namespace exitscope
