using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.Cli.Commands;
using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Harness.Running;
using MizarLab.Measure;
using MizarLab.Scenarios;

namespace MizarLab.Cli;

/// <summary>What a run of scenarios may be told, whichever command makes it.</summary>
internal sealed class RunOptions
{
    public static readonly string[] Backends = ["model", "bpf", "netns", "docker"];

    private readonly Option<ImmutableArray<string>?> on = CommonOptions.On(Backends);
    private readonly Option<Dialect?> dialect = CommonOptions.DialectOption();
    private readonly Option<ImmutableArray<(Switches Switch, bool On)>> switches = CommonOptions.SwitchOption();
    private readonly Option<ulong> seed = CommonOptions.Seed();
    private readonly Option<string?> calibration = new("--calibration")
    {
        Description = "How long programs take on model and bpf: a JSON file of ns by program and way (docs/scenarios.md), or upstream for those of spec 11.",
        HelpName = "file",
    };
    private readonly Option<Sampling?> sample = CommonOptions.Sample("Frames that captures show, each at all its places");
    private readonly ProfileOptions profile = new(required: false);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[on, dialect, switches, seed, calibration, sample])
        {
            command.Add(option);
        }
        profile.AddTo(command);
    }

    public LoadOptions ForLoading(ParseResult parsed) => new(parsed.GetValue(dialect), parsed.GetValue(switches));

    /// <exception cref="UserError">A file it names cannot be read.</exception>
    /// <exception cref="ScenarioException">The profile is none.</exception>
    public (RunRequest Request, Profile? Profile) ForRunning(ParseResult parsed)
    {
        Profile? named = profile.Load(parsed);
        // The live backends load the lab's own programs.
        ulong seeded = parsed.GetValue(seed);
        RunRequest request = new(parsed.GetValue(on) ?? (named is null ? null : ["model", "bpf"]), seeded)
        {
            Calibration = CalibrationOf(parsed.GetValue(calibration)),
            Sample = parsed.GetValue(sample) is { } sampling ? sampling with { Seed = seeded } : null,
        };
        return (request, named);
    }

    private static Calibration? CalibrationOf(string? file)
    {
        try
        {
            return file switch
            {
                null => null,
                "upstream" => Calibration.UpstreamMeasured,
                _ => CalibrationFile.Parse(file, UserFile.Read(file, ScenarioLoader.LargestFile)),
            };
        }
        catch (HarnessException refused)
        {
            throw new UserError(refused.Message);
        }
    }
}
