using System.Globalization;
using System.Text;
using System.Xml;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Reports;

/// <summary>
/// The run as JUnit XML, in the form that Jenkins, GitLab, GitHub's actions and Ant's schema all read: one suite a scenario; in
/// it, for each backend, one case that it ran, one an expectation, and one a comparison with the reference backend.
/// </summary>
public static class JUnitReport
{
    /// <summary>Differences spelled out in one failed comparison; the rest is counted.</summary>
    private const int DifferencesShown = 20;

    /// <summary>Writes UTF-8 XML; leaves the stream open.</summary>
    public static void Write(RunResult run, Stream output)
    {
        XmlWriterSettings settings = new() { Indent = true, Encoding = new UTF8Encoding(false), CloseOutput = false, NewLineChars = "\n" };
        using XmlWriter xml = XmlWriter.Create(output, settings);
        Suite[] suites = [.. run.Scenarios.Select(SuiteOf)];
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", $"mizarlab {run.Manifest.RunId}");
        WriteCounts(xml, [.. suites.SelectMany(s => s.Cases)]);
        for (int i = 0; i < suites.Length; i++)
        {
            WriteSuite(xml, suites[i], i, run.Manifest);
        }
        xml.WriteEndElement();
    }

    private sealed record Case(string ClassName, string Name, Result Result, string Message, string Detail, long Milliseconds);

    private sealed record Suite(Scenario Scenario, IReadOnlyList<string> Notes, IReadOnlyList<Case> Cases);

    private static Suite SuiteOf(ScenarioResult result, int index)
    {
        List<Case> cases = [];
        Names names = new(result.Scenario);
        foreach (BackendResult backend in result.Backends)
        {
            string className = $"{result.Scenario.Name}.{backend.Backend}";
            bool ran = backend.Result is Result.Pass or Result.Fail;
            // A failure that no expectation and no comparison explains is one of the run itself.
            bool explained = backend.Expectations.Any(e => !e.Held)
                || result.Comparisons.Any(c => c.Right == backend.Backend && !c.Differences.IsEmpty);
            Result own = backend.Result == Result.Fail && explained ? Result.Pass : backend.Result;
            if (own == Result.Pass && backend.Run is { Missed: > 0 })
            {
                own = Result.Fail;
            }
            string reason = backend is { Result: Result.Pass, Run.Missed: > 0 } ? RunSummary.Judge(result, backend).Reason : backend.Reason;
            cases.Add(new Case(className, "runs", own, reason, reason, backend.ElapsedMilliseconds));
            if (!ran)
            {
                cases.AddRange(result.Scenario.Expect.Select(e => new Case(className, NameOf(e, names), backend.Result, backend.Reason, "", 0)));
                continue;
            }
            cases.AddRange(backend.Expectations.Select(e => new Case(
                className, NameOf(e.Expectation, names), e.Held ? Result.Pass : Result.Fail, e.Message, $"{e.Expectation.Where}: {e.Message}", 0)));
        }
        cases.AddRange(result.Comparisons.Select(c => new Case(
            $"{result.Scenario.Name}.{c.Right}", $"agrees with {c.Left}", c.Differences.IsEmpty ? Wording.IsEmpty(c) ? Result.Skip : Result.Pass : Result.Fail,
            c.Differences.IsEmpty ? Wording.Compared(c) : Wording.Count(Wording.Differences(c), "difference"), Detail(c, backend => FileNames.Capture(index, result.Scenario.Name, backend)), 0)));
        return new Suite(result.Scenario, result.Notes, cases);
    }

    private static string NameOf(Expectation expectation, Names names) =>
        $"{ExpectationText.Of(expectation, names)} (line {expectation.Where.Line.ToString(CultureInfo.InvariantCulture)})";

    private static string Detail(Comparison comparison, Func<string, string> captureOf)
    {
        StringBuilder text = new();
        text.Append($"compared: {Wording.Compared(comparison)}\n");
        foreach (Difference difference in comparison.Differences.Take(DifferencesShown))
        {
            text.Append(DifferenceText.Format(difference, comparison.Left, comparison.Right));
        }
        long more = Wording.Differences(comparison) - DifferencesShown;
        text.Append(more > 0 ? $"and {Wording.Number(more)} more\n" : "");
        return text.Append($"captures: {captureOf(comparison.Left)}, {captureOf(comparison.Right)}\n").ToString();
    }

    private static void WriteSuite(XmlWriter xml, Suite suite, int id, Manifest manifest)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", suite.Scenario.Name);
        Attribute(xml, "package", suite.Scenario.File);
        Attribute(xml, "id", id.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "hostname", "localhost");
        if (DateTimeOffset.TryParse(manifest.StartedUtc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset started))
        {
            Attribute(xml, "timestamp", started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        }
        WriteCounts(xml, suite.Cases);
        // Jenkins knows this attribute of a suite and not of all suites.
        Attribute(xml, "skipped", Number(suite.Cases.Count(c => c.Result == Result.Skip)));
        xml.WriteStartElement("properties");
        Property(xml, "tool_version", manifest.ToolVersion);
        Property(xml, "git_commit", manifest.GitCommit);
        Property(xml, "kernel", manifest.Kernel);
        Property(xml, "dialect", manifest.Dialect);
        Property(xml, "seed", manifest.Seed.ToString(CultureInfo.InvariantCulture));
        xml.WriteEndElement();
        foreach (Case one in suite.Cases)
        {
            WriteCase(xml, one);
        }
        xml.WriteElementString("system-out", XmlText.Clean(string.Join("\n", suite.Notes)));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, Case one)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", one.Name);
        Attribute(xml, "classname", one.ClassName);
        Attribute(xml, "time", Seconds(one.Milliseconds));
        if (one.Result == Result.Fail)
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "message", one.Message);
            Attribute(xml, "type", "failed");
            xml.WriteString(XmlText.Clean(one.Detail));
            xml.WriteEndElement();
        }
        else if (one.Result != Result.Pass)
        {
            xml.WriteStartElement("skipped");
            Attribute(xml, "message", one.Message);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<Case> cases)
    {
        Attribute(xml, "tests", Number(cases.Count));
        Attribute(xml, "failures", Number(cases.Count(c => c.Result == Result.Fail)));
        Attribute(xml, "errors", "0");
        Attribute(xml, "time", Seconds(cases.Sum(c => c.Milliseconds)));
    }

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        Attribute(xml, "name", name);
        Attribute(xml, "value", value);
        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, XmlText.Clean(value));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
}
