// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/symbol_files.h"

#include <QRegularExpression>

#include "model/source/file_access.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

QStringList namesOf(const std::vector<VmAt> &vms)
{
    QStringList names;
    for (const VmAt &vm : vms)
        names << vm.vm->name;
    names.removeDuplicates();
    return names;
}

std::vector<VmKey> vmsNamed(const std::vector<VmAt> &vms, const QString &name)
{
    std::vector<VmKey> keys;
    for (const VmAt &vm : vms)
        if (vm.vm->name == name)
            keys.push_back(vm.key);
    return keys;
}

// Names of VMs and of files may hold '=' too: the first one behind the name of a VM counts.
std::optional<GivenSymbols> givenIn(const QString &text, const std::vector<VmAt> &vms)
{
    for (qsizetype at = text.indexOf(QLatin1Char('=')); at >= 0; at = text.indexOf(QLatin1Char('='), at + 1))
        if (std::vector<VmKey> keys = vmsNamed(vms, text.left(at)); !keys.empty())
            return GivenSymbols{std::move(keys), symbolFileOf(text.mid(at + 1))};
    const SymbolFile file = symbolFileOf(text);
    if (vms.size() == 1 && (!text.contains(QLatin1Char('=')) || isRegularFile(file.path)))
        return GivenSymbols{{vms.front().key}, file};
    return std::nullopt;
}

} // namespace

SymbolFile symbolFileOf(const QString &text)
{
    static const QRegularExpression withOffset(
        QRegularExpression::anchoredPattern(QStringLiteral("(.+)\\+(?:0[xX])?([0-9a-fA-F]{1,16})")),
        QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = withOffset.match(text);
    if (!match.hasMatch() || isRegularFile(text))
        return {text, 0};
    return {match.captured(1), match.captured(2).toULongLong(nullptr, 16)};
}

QString textOf(const SymbolFile &file)
{
    if (file.offset == 0)
        return file.path;
    return file.path % QStringLiteral("+0x") % QString::number(file.offset, 16);
}

std::shared_ptr<const KernelSymbols> readSymbols(const SymbolFile &file, QString &error)
{
    const auto fail = [&](const QString &cause) {
        error = QStringLiteral("%1: the symbols cannot be used: %2").arg(file.path, cause);
        return nullptr;
    };
    QFile input;
    QString fault;
    if (!openForReading(input, file.path, &fault))
        return fail(QStringLiteral("it ") % fault);
    const QByteArray text = input.read(KernelSymbols::kMostBytes + 1); // one more is too large
    if (input.error() != QFile::NoError)
        return fail(input.errorString());
    std::optional<KernelSymbols> symbols = KernelSymbols::parse(text, file.offset, fault);
    if (!symbols)
        return fail(fault);
    return std::make_shared<const KernelSymbols>(std::move(*symbols));
}

bool isSymbolFile(const QString &path)
{
    constexpr qint64 kEnough = 4096; // bytes: no symbol has a longer line
    QFile file;
    return openForReading(file, path) && KernelSymbols::recognizes(file.read(kEnough));
}

std::optional<std::vector<GivenSymbols>> givenSymbols(
    const QStringList &texts, const Recording &recording, QString &error)
{
    const std::vector<VmAt> vms = vmsOf(recording);
    std::vector<GivenSymbols> result;
    for (const QString &text : texts) {
        std::optional<GivenSymbols> given = givenIn(text, vms);
        if (!given) {
            const QString there = vms.empty() ? QStringLiteral("none") : namesOf(vms).join(QStringLiteral(", "));
            error = QStringLiteral("--symbols %1: it names no VM; give VM=FILE, the VMs are: %2").arg(text, there);
            return std::nullopt;
        }
        result.push_back(std::move(*given));
    }
    return result;
}

} // namespace exitscope
