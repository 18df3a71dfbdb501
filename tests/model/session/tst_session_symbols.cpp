// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <atomic>

#include "model/session/session_symbols.h"
#include "tests/views/made_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Which symbols are shown of which VM, as they are given, found and forgotten.
class TestSessionSymbols : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theUsersGoFirst();
    void whatFailsLeavesWhatWasThere();
    void eachIsReadOnce();
    void theNewestRecordingCounts();
    void nothingWantedIsNoWork();
    void endsWithWorkUnderWay();
};

namespace {

const VmKey kFirst{0, 0}, kSecond{0, 1};

std::shared_ptr<const Recording> twoVms()
{
    return makeRecording({{MadeVcpu{}}, {MadeVcpu{}}});
}

// Symbols with one function, of that name; `reads` counts.
SymbolSource sourceOf(const char *name, std::atomic<int> *reads = nullptr)
{
    return {QString::fromLatin1(name),
        [name = QByteArray(name), reads](QString &fault, CancelFlag) {
            if (reads)
                ++*reads;
            auto symbols = KernelSymbols::parse("ffffffff81000000 T " + name + '\n', 0, fault);
            return std::make_shared<const KernelSymbols>(*symbols);
        }};
}

SymbolSource brokenSource()
{
    return {QStringLiteral("broken"),
        [](QString &fault, CancelFlag) {
            fault = QStringLiteral("cannot be read");
            return std::shared_ptr<const KernelSymbols>();
        }};
}

QString shown(const SessionSymbols &symbols, const VmKey &vm)
{
    return symbols.current() ? symbols.current()->placeText(vm, 0xffffffff81000000) : QString();
}

} // namespace

void TestSessionSymbols::theUsersGoFirst()
{
    SessionSymbols symbols;
    symbols.set(twoVms(), {{kFirst, sourceOf("kept")}});
    symbols.offer({{kFirst, sourceOf("of_trace")}, {kSecond, sourceOf("of_trace")}});
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(shown(symbols, kFirst), QStringLiteral("kept+0x0"));
    QCOMPARE(shown(symbols, kSecond), QStringLiteral("of_trace+0x0"));
    QCOMPARE(symbols.sourceOf(kSecond), QStringLiteral("of_trace"));
    symbols.give(kFirst, sourceOf("newer"));
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(shown(symbols, kFirst), QStringLiteral("newer+0x0"));
    QVERIFY(symbols.isGiven(kFirst) && !symbols.isGiven(kSecond));
    symbols.forget(kFirst);
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(shown(symbols, kFirst), QStringLiteral("of_trace+0x0"));
    symbols.offer({});
    QTRY_VERIFY(!symbols.isBusy());
    QVERIFY(!symbols.current());
}

void TestSessionSymbols::whatFailsLeavesWhatWasThere()
{
    SessionSymbols symbols;
    symbols.set(twoVms());
    QStringList told;
    connect(&symbols, &SessionSymbols::given, this, [&](const VmKey &, const QString &fault) { told << fault; });
    symbols.offer({{kFirst, sourceOf("of_trace")}});
    symbols.give(kFirst, brokenSource());
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(told, QStringList{QStringLiteral("cannot be read")});
    QCOMPARE(shown(symbols, kFirst), QStringLiteral("of_trace+0x0"));
    QVERIFY(symbols.diagnostics().empty() && !symbols.isGiven(kFirst));
    symbols.give(kFirst, sourceOf("good"));
    QTRY_VERIFY(!symbols.isBusy());
    symbols.give(kFirst, brokenSource());
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(told, (QStringList{QStringLiteral("cannot be read"), QString(), QStringLiteral("cannot be read")}));
    QCOMPARE(shown(symbols, kFirst), QStringLiteral("good+0x0"));
    // Of a trace nobody asked: it is told where all is told.
    symbols.offer({{kSecond, brokenSource()}});
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(symbols.diagnostics().size(), std::size_t(1));
    QCOMPARE(symbols.diagnostics()[0].code, QStringLiteral("symbols-unreadable"));
}

void TestSessionSymbols::eachIsReadOnce()
{
    std::atomic<int> reads = 0;
    SessionSymbols symbols;
    symbols.set(twoVms(), {{kFirst, sourceOf("kept", &reads)}});
    QTRY_VERIFY(!symbols.isBusy());
    symbols.offer({{kSecond, sourceOf("kept", &reads)}});
    QTRY_VERIFY(!symbols.isBusy());
    symbols.forget(kFirst);
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(reads.load(), 1);
    symbols.give(kFirst, sourceOf("kept", &reads)); // the user may have mended the file
    QTRY_VERIFY(!symbols.isBusy());
    QCOMPARE(reads.load(), 2);
}

void TestSessionSymbols::theNewestRecordingCounts()
{
    SessionSymbols symbols;
    symbols.set(twoVms(), {{kFirst, sourceOf("old")}});
    symbols.give(kSecond, sourceOf("old"));
    symbols.set(twoVms());
    QVERIFY(!symbols.current());
    QTest::qWait(50);
    QTRY_VERIFY(!symbols.isBusy());
    QVERIFY(!symbols.current() && !symbols.isGiven(kFirst));
}

void TestSessionSymbols::nothingWantedIsNoWork()
{
    SessionSymbols symbols;
    symbols.offer({{kFirst, sourceOf("nobody")}}); // without a recording
    QVERIFY(!symbols.isBusy());
    symbols.set(twoVms());
    symbols.offer({});
    QVERIFY(!symbols.isBusy());
}

void TestSessionSymbols::endsWithWorkUnderWay()
{
    std::atomic<bool> isUnderWay = false, wasCancelled = false;
    {
        SessionSymbols symbols;
        symbols.set(twoVms());
        symbols.offer({{kFirst, {QStringLiteral("slow"), [&](QString &, CancelFlag cancel) {
                                     isUnderWay = true;
                                     while (!isCancelled(cancel))
                                         QThread::msleep(1);
                                     wasCancelled = true;
                                     return std::shared_ptr<const KernelSymbols>();
                                 }}}});
        QTRY_VERIFY(isUnderWay);
    }
    QVERIFY(wasCancelled);
}

QTEST_GUILESS_MAIN(TestSessionSymbols)
#include "tst_session_symbols.moc"
