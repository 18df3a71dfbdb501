// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace exitscope {

// JSON with exact 64-bit integers: QJsonDocument would make doubles of times.
// Members are written in the order of the calls; within an object each value follows its key().
class JsonWriter {
public:
    void beginObject() { begin('{'); }
    void endObject() { end('}'); }
    void beginArray() { begin('['); }
    void endArray() { end(']'); }
    JsonWriter &key(std::string_view name); // plain ASCII
    JsonWriter &anyKey(const QString &name);

    void text(const QString &value);
    void text(const std::optional<QString> &value); // null if absent
    void integer(std::int64_t value) { raw(QByteArray::number(qint64(value))); }
    void integer(std::optional<std::int64_t> value); // null if absent
    void natural(std::uint64_t value) { raw(QByteArray::number(quint64(value))); }
    void decimal(std::optional<double> value, int decimals);
    void boolean(bool value) { raw(value ? "true" : "false"); }

    // What was written since the last call: so that long texts need not be in memory.
    QByteArray take() { return std::exchange(m_text, {}); }
    QByteArray result() const { return m_text + '\n'; } // the rest, behind the last call

private:
    void begin(char bracket);
    void end(char bracket);
    void raw(const QByteArray &value);
    void startValue();
    void newLine();

    QByteArray m_text;
    int m_depth = 0;
    bool m_first = true; // of its object or array
    bool m_afterKey = false;
};

} // namespace exitscope
