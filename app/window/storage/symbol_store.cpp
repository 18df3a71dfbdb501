// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/symbol_store.h"

#include <QJsonObject>

#include "model/source/path_bytes.h"

namespace exitscope {

QString SymbolStore::defaultDirectory()
{
    return RecordingFile::defaultDirectory(QStringLiteral("symbols"));
}

SymbolStore::SymbolStore(const QString &directory)
    : m_file(directory,
        {QStringLiteral("exitscope-symbols/1"), QStringLiteral("vms"), QStringLiteral("list of symbols of guests")})
{
}

bool SymbolStore::open(const Recording &recording, QString &error)
{
    m_files.clear();
    const std::optional<QJsonArray> list = m_file.open(recording, error);
    if (!list)
        return false;
    auto read = filesFrom(*list);
    if (!read) {
        error = m_file.refuse();
        return false;
    }
    m_files = std::move(*read);
    return true;
}

auto SymbolStore::filesFrom(const QJsonArray &list) -> std::optional<Files>
{
    Files read;
    for (const QJsonValue &value : list) {
        bool isOffset = false;
        SymbolFile file;
        file.path = pathOfStored(value[QStringLiteral("file")].toString());
        // As text: JSON numbers are doubles.
        file.offset = value[QStringLiteral("offset")].toString().toULongLong(&isOffset, 16);
        const QString vm = value[QStringLiteral("vm")].toString();
        if (file.path.isEmpty() || !isOffset || vm.isEmpty())
            return std::nullopt;
        read.insert_or_assign(vm, file);
    }
    return read;
}

bool SymbolStore::set(const QString &vm, const SymbolFile &file, QString &error)
{
    return change([&](Files &files) { files.insert_or_assign(vm, file); }, error);
}

bool SymbolStore::remove(const QString &vm, QString &error)
{
    return !m_files.contains(vm) || change([&](Files &files) { files.erase(vm); }, error);
}

bool SymbolStore::change(const std::function<void(Files &)> &change, QString &error)
{
    Files next;
    const auto changed = [&](const QJsonArray &list) -> std::optional<QJsonArray> {
        auto now = filesFrom(list);
        if (!now)
            return std::nullopt;
        next = std::move(*now);
        change(next);
        QJsonArray vms;
        for (const auto &[vm, file] : next)
            vms.append(
                QJsonObject{{QStringLiteral("vm"), vm}, {QStringLiteral("file"), storedPath(absolutePath(file.path))},
                    {QStringLiteral("offset"), QString::number(file.offset, 16)}});
        return vms;
    };
    if (!m_file.change(changed, error))
        return false;
    m_files = std::move(next);
    return true;
}

} // namespace exitscope
