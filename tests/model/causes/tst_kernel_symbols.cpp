// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <map>

#include "model/causes/account_key.h"
#include "model/causes/accounts.h"
#include "model/causes/symbol_check.h"
#include "model/causes/symbol_ranges.h"
#include "model/diagnostic_codes.h"
#include "model/statistics/statistics.h"
#include "tests/model/property/dice.h"

using namespace exitscope;
using namespace exitscope::testing;

// Symbols of guests' kernels: the texts, the names of addresses, and what a name selects.
class TestKernelSymbols : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void texts_data();
    void texts();
    void refused_data();
    void refused();
    void tooLarge();
    void recognized();
    void lookupEqualsANaiveSearch();
    void placesAreToldWithTheirOffset();
    void namesAreOfAllKernels();
    void aNameSelectsWhatHasIt();
    void everySymbolIsAFilter();
    void shareOfAddresses();
};

namespace {

constexpr std::uint64_t kText = 0xffffffff81000000;

KernelSymbols parsed(const QByteArray &text, std::uint64_t offset = 0)
{
    QString error;
    const std::optional<KernelSymbols> symbols = KernelSymbols::parse(text, offset, error);
    if (!symbols)
        qFatal("%s", qPrintable(error));
    return *symbols;
}

std::shared_ptr<const KernelSymbols> shared(const QByteArray &text)
{
    return std::make_shared<const KernelSymbols>(parsed(text));
}

// "ffffffff81000000-ffffffff810000ff name", one a line.
QString told(const KernelSymbols &symbols)
{
    QStringList lines;
    for (std::size_t i = 0; i < symbols.size(); ++i)
        lines
            << QStringLiteral("%1-%2 %3").arg(symbols[i].begin, 0, 16).arg(symbols[i].last, 0, 16).arg(symbols[i].name);
    return lines.join(QLatin1Char('\n'));
}

// One VM a list, with an exit at each of its addresses; "vm0", "vm1".
Recording recordingOf(const std::vector<std::vector<std::uint64_t>> &vms)
{
    Recording recording;
    recording.reasons.indexOf({2, 123});
    Timeline host;
    for (const std::vector<std::uint64_t> &addresses : vms) {
        Vcpu vcpu;
        vcpu.number = QStringLiteral("0");
        Ns time = 0;
        for (const std::uint64_t address : addresses) {
            time += 10;
            vcpu.exits.append({.time = time, .event = time, .guestRip = address, .pcpu = 0});
        }
        host.vms.push_back({QStringLiteral("vm%1").arg(host.vms.size()), 1, {vcpu}});
    }
    host.range = {0, 1000};
    recording.hosts.push_back(host);
    return recording;
}

// "name count", by symbol.
QStringList rowsOf(const Recording &recording, const GuestSymbols *symbols)
{
    const std::vector keys{AccountKey::Symbol};
    const Accounts accounts = accountsOf(recording, {}, keys, nullptr, symbols);
    const KeyContext context(recording, symbols);
    QStringList rows;
    for (std::size_t row = 0; row < accounts.size(); ++row)
        rows << QStringLiteral("%1 %2")
                    .arg(info(AccountKey::Symbol).text(context, accounts.values(row)[0]))
                    .arg(accounts.sums(row).count);
    rows.sort();
    return rows;
}

Diagnostics sharesTold(const std::vector<std::vector<std::uint64_t>> &vms, const GuestSymbols &symbols)
{
    const Recording recording = recordingOf(vms);
    return tellShares(recording, symbolShares(recording, symbols));
}

} // namespace

void TestKernelSymbols::texts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<quint64>("offset");
    QTest::addColumn<QString>("functions");
    const auto row = [](const char *what, const QByteArray &text, const char *functions, quint64 offset = 0) {
        QTest::newRow(what) << text << offset << QString::fromLatin1(functions);
    };
    row("one", "ffffffff81000000 T first\n", "ffffffff81000000-ffffffff81000fff first");
    row("up to the next symbol of any kind, and no order",
        "ffffffff81000080 r table\nffffffff81000000 T a\nffffffff81000040 t b\n",
        "ffffffff81000000-ffffffff8100003f a\nffffffff81000040-ffffffff8100007f b");
    row("types",
        "ffffffff81000000 T a\nffffffff81000010 t b\nffffffff81000020 W c\nffffffff81000030 w d\nffffffff81000040 V e\n"
        "ffffffff81000050 D f\nffffffff81000060 i g\n",
        "ffffffff81000000-ffffffff8100000f a\nffffffff81000010-ffffffff8100001f b\nffffffff81000020-ffffffff8100002f "
        "c\n"
        "ffffffff81000030-ffffffff8100003f d");
    row("modules", "ffffffffc0a01230 t vhost_poll_wakeup\t[vhost]\nffffffffc0a01240 b x\t[vhost]\n",
        "ffffffffc0a01230-ffffffffc0a0123f vhost_poll_wakeup [vhost]");
    row("lines of DOS, and no end of the last one", "ffffffff81000000 T a\r\n\r\nffffffff81000010 T b",
        "ffffffff81000000-ffffffff8100000f a\nffffffff81000010-ffffffff81000fff b");
    row("an offset", "ffffffff81000000 T a\nffffffff81000010 D b\n", "ffffffff9d000000-ffffffff9d00000f a", 0x1c000000);
    row("of several a function", "ffffffff81000000 D aa\nffffffff81000000 t bbb\n",
        "ffffffff81000000-ffffffff81000fff bbb");
    row("the global one", "ffffffff81000000 t a\nffffffff81000000 W b\nffffffff81000000 T cc\n",
        "ffffffff81000000-ffffffff81000fff cc");
    row("the weak one", "ffffffff81000000 t a\nffffffff81000000 W bb\n", "ffffffff81000000-ffffffff81000fff bb");
    row("fewest underscores", "ffffffff81000000 T __a\nffffffff81000000 T _ab\nffffffff81000000 T abcd\n",
        "ffffffff81000000-ffffffff81000fff abcd");
    row("the shorter", "ffffffff81000000 T aaa\nffffffff81000000 T bb\n", "ffffffff81000000-ffffffff81000fff bb");
    row("by alphabet", "ffffffff81000000 T b\nffffffff81000000 T a\n", "ffffffff81000000-ffffffff81000fff a");
    row("the end of the code begins nothing",
        "ffffffff81000000 T a\nffffffff81000100 T _etext\nffffffffc0000000 t m\t[x]\n",
        "ffffffff81000000-ffffffff810000ff a\nffffffffc0000000-ffffffffc0000fff m [x]");
    row("absolute ones below", "0000000000000000 A fixed_percpu_data\n0000000000001000 T low\nffffffff81000000 T a\n",
        "ffffffff81000000-ffffffff81000fff a");
    row("the last address of all", "fffffffffffffff0 T a\n", "fffffffffffffff0-ffffffffffffffff a");
}

void TestKernelSymbols::texts()
{
    QFETCH(const QByteArray, text);
    QFETCH(const quint64, offset);
    QFETCH(const QString, functions);
    QCOMPARE(told(parsed(text, offset)), functions);
}

void TestKernelSymbols::refused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("cause");
    const auto row = [](const char *what, const QByteArray &text, const char *cause) {
        QTest::newRow(what) << text << QString::fromLatin1(cause);
    };
    row("empty", "", "it is empty");
    row("blank", "\n\n", "it holds no symbol");
    row("no function", "ffffffff81000000 D data\n", "it names no function (types T, t, W, w)");
    row("hidden", "0000000000000000 T _text\n0000000000000000 t x\t[y]\n",
        "all its addresses are 0, the kernel hid them");
    row("binary", QByteArray("\x7f\x45LF\x02\x01\x01\0\0\0", 10), "line 1 is no symbol");
    row("prose", "ffffffff81000000 T a\nhello world\n", "line 2 is no symbol");
    row("no name", "ffffffff81000000 T \n", "line 1 is no symbol");
    row("a type of two letters", "ffffffff81000000 TT a\n", "line 1 is no symbol");
    row("a number that is too long", "1ffffffff81000000 T a\n", "line 1 is no symbol");
    row("a word in hex", "add T a\n", "line 1 is no symbol");
    row("a module without brackets", "ffffffff81000000 T a\tb\n", "line 1 is no symbol");
    row("what steers a terminal", "ffffffff81000000 T a\x1b[2J\n", "line 1 is no symbol");
    row("of 32 bits", "c1000000 T _text\n", "all its functions lie below 2^47");
}

void TestKernelSymbols::refused()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, cause);
    QString error;
    QVERIFY(!KernelSymbols::parse(text, 0, error));
    QVERIFY2(error.startsWith(cause), qPrintable(error));
    QVERIFY(!error.contains(QLatin1Char('\n')));
}

void TestKernelSymbols::tooLarge()
{
    QString error;
    // Zeros: pages that are never touched but once.
    QVERIFY(!KernelSymbols::parse(QByteArray(KernelSymbols::kMostBytes + 1, '\0'), 0, error));
    QCOMPARE(error, QStringLiteral("it is larger than 256 MiB and no list of a kernel's symbols"));
}

void TestKernelSymbols::recognized()
{
    QVERIFY(KernelSymbols::recognizes("ffffffff81000000 T _text\nffff"));
    QVERIFY(KernelSymbols::recognizes("0000000000000000 A fixed_percpu_data\r\n"));
    QVERIFY(!KernelSymbols::recognizes("ffffffff81000000 T _text")); // no line
    QVERIFY(!KernelSymbols::recognizes("# tracer: nop\n#\n"));
    QVERIFY(!KernelSymbols::recognizes("qemu-1 [000] 1.0: kvm_exit: reason\n"));
    QVERIFY(!KernelSymbols::recognizes(""));
}

// Of random symbols, some at one address: the nearest symbol at or below, if it is a function.
void TestKernelSymbols::lookupEqualsANaiveSearch()
{
    Dice dice(11);
    std::map<std::uint64_t, char> types; // as there is one at an address, its name tells it
    QByteArray text;
    for (int i = 0; i < 3000; ++i) {
        const std::uint64_t address = kText + 16 * std::uint64_t(dice.below(8000));
        if (!types.emplace(address, "TtWwDdbrA"[dice.below(9)]).second)
            continue;
        text += QByteArray::number(quint64(address), 16) + ' ' + types[address] + " s" + QByteArray::number(i) + '\n';
    }
    const KernelSymbols symbols = parsed(text);
    int found = 0;
    for (int i = 0; i < 3000; ++i) {
        const std::uint64_t address = kText - 100 + std::uint64_t(dice.below(8000 * 16 + 200));
        std::optional<std::uint64_t> begin;
        char typeThere = 'D';
        for (const auto &[at, type] : types) { // through all of them: no search
            if (at > address)
                break;
            begin = at;
            typeThere = type;
        }
        if (!QByteArray("TtWw").contains(typeThere))
            begin.reset();
        if (begin == types.rbegin()->first && address > (*begin | 0xfff))
            begin.reset();
        const std::optional<std::size_t> got = symbols.at(address);
        QCOMPARE(got.has_value(), begin.has_value());
        if (got)
            QCOMPARE(symbols[*got].begin, *begin);
        found += got.has_value();
    }
    QVERIFY(found > 600 && found < 2400);
}

void TestKernelSymbols::placesAreToldWithTheirOffset()
{
    GuestSymbols symbols;
    symbols.set({0, 1}, shared("ffffffff81000000 T native_write_msr\nffffffff81000020 D x\n"));
    QCOMPARE(symbols.placeText({0, 1}, kText + 0x12), QStringLiteral("native_write_msr+0x12"));
    QCOMPARE(symbols.placeText({0, 1}, kText), QStringLiteral("native_write_msr+0x0"));
    QCOMPARE(symbols.placeText({0, 1}, kText + 0x20), QString());
    QCOMPARE(symbols.placeText({0, 0}, kText + 0x12), QString());
}

// Two kernels that have one function at different places, and different ones at one place.
void TestKernelSymbols::namesAreOfAllKernels()
{
    const Recording recording
        = recordingOf({{kText, kText + 4, kText + 0x10, 0x401136, kText + 0x20}, {kText, kText + 0x18}, {kText, 7}});
    GuestSymbols symbols;
    symbols.set({0, 0}, shared("ffffffff81000000 T a\nffffffff81000010 t b\nffffffff81000020 D c\n"));
    symbols.set({0, 1}, shared("ffffffff81000000 t b\nffffffff81000010 T c\n"));
    QCOMPARE(rowsOf(recording, &symbols),
        (QStringList{QStringLiteral("a 2"), QStringLiteral("b 2"), QStringLiteral("c 1"),
            QStringLiteral("kernel (no function) 1"), QStringLiteral("kernel (no symbols) 1"),
            QStringLiteral("user code 2")}));
    QCOMPARE(rowsOf(recording, nullptr),
        (QStringList{QStringLiteral("kernel (no symbols) 7"), QStringLiteral("user code 2")}));
}

void TestKernelSymbols::aNameSelectsWhatHasIt()
{
    const Recording recording = recordingOf({{kText, kText + 0x10}, {kText, kText + 0x18}});
    GuestSymbols symbols;
    symbols.set({0, 0}, shared("ffffffff81000000 T a\nffffffff81000010 t b\nffffffff81000020 t b\n"));
    symbols.set({0, 1}, shared("ffffffff81000000 t b\nffffffff81000010 T c\n"));
    QCOMPARE(codeNamed(QStringLiteral("b"), recording, &symbols),
        (std::vector<CodeRange>{{{0, 0}, kText + 0x10, kText + 0x1f}, {{0, 0}, kText + 0x20, kText + 0xfff},
            {{0, 1}, kText, kText + 0xf}}));
    Selection selection;
    QString error;
    QVERIFY(!selectSymbols({QStringLiteral("nowhere")}, recording, &symbols, selection, error));
    QCOMPARE(error,
        QStringLiteral("there is no symbol 'nowhere': the symbols that were given have none; --by symbol prints the "
                       "names"));
    QVERIFY(!selectSymbols({QStringLiteral("b")}, recording, nullptr, selection, error));
    QVERIFY(error.contains(QStringLiteral("give --symbols")));
    QVERIFY(selection == Selection());
}

// Of random addresses and two kernels: what a row has is what its filter selects, and so do all other numbers.
void TestKernelSymbols::everySymbolIsAFilter()
{
    Dice dice(5);
    std::vector<std::vector<std::uint64_t>> addresses(3);
    for (auto &of : addresses)
        for (int i = 0; i < 300; ++i)
            of.push_back(dice.chance(20) ? std::uint64_t(dice.below(1000)) : kText + std::uint64_t(dice.below(0x3000)));
    const Recording recording = recordingOf(addresses);
    GuestSymbols symbols;
    for (std::size_t vm = 0; vm < 2; ++vm) {
        QByteArray text;
        for (int i = 0; i < 40; ++i)
            text += QByteArray::number(quint64(kText) + quint64(dice.below(0x2000)), 16) + ' ' + "TtWD"[dice.below(4)]
                + " f" + QByteArray::number(dice.below(15)) + '\n';
        symbols.set({0, vm}, shared(text));
    }
    const std::vector keys{AccountKey::Symbol};
    const Accounts accounts = accountsOf(recording, {}, keys, nullptr, &symbols);
    const KeyContext context(recording, &symbols);
    QVERIFY(accounts.size() > 10);
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        Selection selection, typed;
        info(AccountKey::Symbol).select(context, accounts.values(row)[0], selection);
        const QStringList filter = info(AccountKey::Symbol).filter(context, accounts.values(row)[0]);
        QString error;
        QCOMPARE(filter[0], QStringLiteral("--symbol"));
        QVERIFY2(selectSymbols({filter[1]}, recording, &symbols, typed, error), qPrintable(error));
        QVERIFY(selection == typed);
        QCOMPARE(statisticsOf(recording, selection).totals.exits, accounts.sums(row).count);
        QCOMPARE(accountsOf(recording, selection, keys, nullptr, &symbols).size(), std::size_t(1));
    }
}

void TestKernelSymbols::shareOfAddresses()
{
    // Nine of ten addresses, of which one is there a hundred times; user code is not asked for.
    std::vector<std::uint64_t> addresses(100, kText + 0x2000);
    for (std::uint64_t i = 0; i < 9; ++i)
        addresses.push_back(kText + i);
    addresses.push_back(0x401136);
    const QByteArray text = "ffffffff81000000 T a\n";
    GuestSymbols symbols;
    symbols.set({0, 0}, shared(text));
    const Diagnostics nine = sharesTold({addresses}, symbols);
    QCOMPARE(nine.size(), std::size_t(1));
    QCOMPARE(nine[0].code, QStringLiteral("symbols-used"));
    QVERIFY(nine[0].severity == Severity::Info);
    QCOMPARE(nine[0].message,
        QStringLiteral("vm0: 9 of 10 kernel addresses at which exits left the guest (90.0 %) lie in a function of its "
                       "symbols"));
    addresses.push_back(kText + 0x3000);
    const Diagnostics less = sharesTold({addresses}, symbols);
    QCOMPARE(less[0].code, QStringLiteral("symbols-of-another-kernel"));
    QVERIFY(less[0].severity == Severity::Warning);
    QVERIFY2(
        less[0].message.contains(QStringLiteral("9 of 11")) && less[0].message.contains(QStringLiteral("(81.8 %)")),
        qPrintable(less[0].message));
    QVERIFY(sharesTold({{0x401136}}, symbols).empty());
}

QTEST_GUILESS_MAIN(TestKernelSymbols)
#include "tst_kernel_symbols.moc"
