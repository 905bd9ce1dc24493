using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Conformance;
using MizarLab.Harness.Conformance.Fuzzing;
using MizarLab.Harness.Conformance.Profiles;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab fuzz</c>: the model against the compiled programs on random states and frames.</summary>
internal static class FuzzCommand
{
    private const long UsualCases = 1_000_000;
    private const long UsualProfileCases = 10_000;
    private const long MostCases = 1_000_000_000_000_000;

    /// <summary>Some 19 years, so that no clock runs over.</summary>
    private const double MostMinutes = 10_000_000;

    public static Command Create()
    {
        Option<string?> dialect = new("--dialect") { Description = "mizar, lab, or both in turn.", HelpName = "dialect", DefaultValueFactory = _ => "both" };
        dialect.AmongOnly("dialect", "mizar", "lab", "both");
        Option<long?> cases = NumberOption.Optional("--cases", string.Create(CultureInfo.InvariantCulture, $"Frames to compare; default {UsualCases}, unless --minutes is given."), 1, MostCases);
        Option<double?> minutes = NumberOption.Optional("--minutes", "How long to go on.", 0.001, MostMinutes);
        Option<ulong> seed = CommonOptions.Seed();
        Option<string?> switches = new("--switches") { Description = "Corrections on top of the dialect's own: a list like loop_guard,inner_ttl=off; or random: every other round a set drawn anew, sharding too.", HelpName = "list|random" };
        Option<string[]> vectors = new("--vectors") { Description = "Vector files whose states are used, perturbed; default: upstream's of this checkout.", HelpName = "file", AllowMultipleArgumentsPerToken = true };
        Option<string> output = new("--out") { Description = "Folder for the differences, a file each.", HelpName = "folder", DefaultValueFactory = _ => "fuzz" };
        Option<bool> json = CommonOptions.Json();
        LabCommand command = new("fuzz", "Hold the model and the compiled programs against each other on random states and frames.", """
            States are drawn, planned, or upstream's vectors' perturbed; frames are built by the codecs and mutated. Verdict, reason, redirect target, every byte
            and every table change are compared. A difference is made as small as it gets and saved as a vector file: 'mizarlab vectors FILE' passes on
            model, fails on bpf, and passes on both once it is mended. Outside the comparison: in which order a full LRU map evicts, which is the kernel's own
            affair; caches are never full here. One case in a hundred also runs on programs loaded without recording. Ctrl-C ends it with the counts so far (exit 130; 1 when there are differences).
            Exit: 0 no difference, 1 differences, 2 wrong arguments, 3 no root.

            Examples:
              mizarlab fuzz --cases 100000
              mizarlab fuzz --dialect lab --minutes 10 --switches random --seed 7
            """)
        {
            dialect,
            cases,
            minutes,
            seed,
            switches,
            vectors,
            output,
            json,
        };
        ProfileOptions profile = new(required: false);
        profile.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            if (BpfObjects.Probe() is { Available: false } lacking)
            {
                throw new UserError($"backend bpf: {lacking.Reason}", ExitCode.Lacking);
            }
            string? chosen = parsed.GetValue(switches);
            FuzzOptions options = new()
            {
                Settings = [.. Dialects(parsed.GetValue(dialect)!).Select(one => Settings(one, chosen))],
                RandomSwitches = chosen == "random",
                Seed = parsed.GetValue(seed),
                Cases = parsed.GetValue(cases) ?? (parsed.GetValue(minutes) is null ? UsualCases : null),
                Time = parsed.GetValue(minutes) is { } given ? TimeSpan.FromMinutes(given) : null,
                Folder = parsed.GetValue(output),
                Vectors = [.. VectorFiles(parsed.GetValue(vectors)).Select(Load)],
                Worlds = PlannedWorlds.All(),
            };
            if (profile.Load(parsed) is { } named)
            {
                options = options with { Objects = named.Folder, Cases = options.Cases ?? UsualProfileCases };
                if (named.Encoding == ProfileEncoding.Described)
                {
                    return Task.Run(() => RunProfile(named, options, parsed.GetValue(json), cancel), CancellationToken.None);
                }
            }
            return Task.Run(() => Run(options, parsed.GetValue(json), cancel), CancellationToken.None);
        });
        return command;
    }

    /// <summary>Programs that tell nothing: every frame from nothing, in the dialect of the profile.</summary>
    private static int RunProfile(Profile profile, FuzzOptions options, bool json, CancellationToken cancel)
    {
        ProfileFuzzReport found = new ProfileFuzz(profile, options).Run(cancel);
        FuzzReport report = new()
        {
            Seed = options.Seed, Cases = found.Cases, Unrecorded = 0, Seconds = 0, ProcessorSeconds = 0, OtherSeconds = 0, Loads = 1, Differences = found.Differences, Coverage = new Coverage(),
        };
        if (json)
        {
            PrintJson(report);
        }
        else
        {
            Print(report, cancel.IsCancellationRequested);
        }
        return Conclude(report, cancel);
    }

    private static int Run(FuzzOptions options, bool json, CancellationToken cancel)
    {
        FuzzReport report = new Fuzzer(options).Run(json || !StatusLine.IsShown ? null : new Line(), cancel);
        if (json)
        {
            PrintJson(report);
        }
        else
        {
            Print(report, cancel.IsCancellationRequested);
        }
        return Conclude(report, cancel);
    }

    /// <summary>Cut short without a difference is no proof that there is none: it ends as interrupted commands do.</summary>
    private static int Conclude(FuzzReport report, CancellationToken cancel) => !report.Differences.IsEmpty ? ExitCode.Broken
        : cancel.IsCancellationRequested ? throw new KeptException($"no difference in the {report.Cases} cases so far")
        : ExitCode.Held;

    private static void Print(FuzzReport report, bool interrupted)
    {
        StatusLine.Clear();
        foreach (FuzzDifference one in report.Differences)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Name}: {one.Kind}: {one.Text}"));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {one.Steps} frames, {one.Rows} rows, {one.FrameBytes} bytes; {one.File}"));
        }
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(interrupted ? "interrupted: " : "")}{report.Cases} cases, {report.Rate:N0} a second ({report.ProcessorRate:N0} a second of processor time), seed {report.Seed}; {report.Unrecorded} also without recording; {report.Coverage.Reached.Length} reasons reached; {report.Differences.Length} differences"));
    }

    private static void PrintJson(FuzzReport report)
    {
        using Stream stream = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("cases", report.Cases);
        json.WriteNumber("rate", Math.Round(report.Rate));
        json.WriteNumber("rate_a_core", Math.Round(report.ProcessorRate));
        json.WriteNumber("seed", report.Seed);
        json.WriteNumber("unrecorded", report.Unrecorded);
        json.WriteNumber("loads", report.Loads);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
        json.WriteNumber("other_seconds", Math.Round(report.OtherSeconds, 3));
        json.WriteStartArray("differences");
        foreach (FuzzDifference one in report.Differences)
        {
            json.WriteStartObject();
            json.WriteString("name", one.Name);
            json.WriteString("dialect", one.Dialect.ToString().ToLowerInvariant());
            json.WriteString("kind", one.Kind);
            json.WriteString("text", one.Text);
            json.WriteString("file", one.File);
            json.WriteNumber("frames", one.Steps);
            json.WriteNumber("rows", one.Rows);
            json.WriteNumber("frame_bytes", one.FrameBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("coverage");
        foreach (IGrouping<Reason, (ProgramId Program, Verdict Verdict, Reason Reason, long Times)> reason in report.Coverage.Answers().GroupBy(answer => answer.Reason))
        {
            json.WriteNumber(JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.Key.ToString()), reason.Sum(answer => answer.Times));
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Dialect[] Dialects(string name) => name switch { "mizar" => [Dialect.Mizar], "lab" => [Dialect.Lab], _ => [Dialect.Mizar, Dialect.Lab] };

    private static DataPlaneSettings Settings(Dialect dialect, string? switches)
    {
        DataPlaneSettings settings = DataPlaneSettings.Of(dialect);
        if (switches is null or "random")
        {
            return settings;
        }
        foreach (string item in switches.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            bool off = item.EndsWith("=off", StringComparison.Ordinal);
            string name = off ? item[..^4] : item;
            Switches one = Enum.GetValues<Switches>().FirstOrDefault(value => ulong.IsPow2((ulong)value) && JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()) == name);
            if (one == Switches.None)
            {
                throw new UserError($"--switches: no switch is named '{name}' ('mizarlab list dialects' names them)");
            }
            settings = settings with { On = off ? settings.On & ~one : settings.On | one };
        }
        return settings;
    }

    private static string[] VectorFiles(string[]? given) =>
        given is { Length: > 0 } ? given
        : Checkout.Root is { } root && Path.Combine(root, "tests", "Conformance", "Vectors") is var folder && Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.json*").Order(StringComparer.Ordinal)]
            : [];

    private static VectorSuite Load(string file)
    {
        try
        {
            return VectorSuite.Load(file);
        }
        catch (VectorException error)
        {
            throw new UserError(error.Message);
        }
    }

    /// <summary>A line on a terminal that is written over.</summary>
    private sealed class Line : IProgress<FuzzReport>
    {
        private DateTime next;

        public void Report(FuzzReport value)
        {
            if (DateTime.UtcNow >= next)
            {
                next = DateTime.UtcNow.AddMilliseconds(200);
                StatusLine.Show("", string.Create(
                    CultureInfo.InvariantCulture, $"{value.Cases} cases, {value.Rate:N0} a second, {value.Coverage.Reached.Length} reasons, {value.Differences.Length} differences"));
            }
        }
    }
}
