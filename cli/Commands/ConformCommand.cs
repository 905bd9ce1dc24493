using System.CommandLine;
using MizarLab.Harness.Bpf;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab conform</c>: the whole suite against the programs of a profile, for other people's CI.</summary>
internal static class ConformCommand
{
    private const long UsualCases = 2_000;
    private const long MostCases = 1_000_000_000_000;

    public static Command Create()
    {
        ProfileOptions profile = new(required: true);
        Option<long> cases = NumberOption.Of("--cases", "Frames of fuzzing; 0 for none.", 0, MostCases, UsualCases);
        Option<ulong> seed = CommonOptions.Seed();
        Option<string?> junit = new("--junit") { Description = "Write the results there as JUnit XML.", HelpName = "file" };
        Option<string> output = new("--out") { Description = "Folder for what differed, a vector file each.", HelpName = "folder", DefaultValueFactory = _ => "conform" };
        Option<bool> json = CommonOptions.Json();
        LabCommand command = new("conform", "Hold someone's compiled programs to the dialect they speak: golden vectors, the scenario library, fuzzing; one JUnit file, one exit code.", """
            The profile says which programs, how their tables are encoded and how they are wired (docs/conformance.md). Vectors are upstream's, of the dialect mizar; scenarios are
            those of the library in the profile's dialect, on the model and on the programs, compared hop by hop; fuzzing compares with the model. Programs that are not the lab's own
            tell no reasons, so reasons are not compared; redirect targets are found by removing slots, table changes by reading back. What cannot be run is skipped with its reason.

            Examples:
              mizarlab conform --profile profiles/upstream.profile.yaml --objects ~/mizar/build/xdp --junit conform.xml
              mizarlab conform --profile profiles/mizarlab.profile.yaml --cases 20000 --json
            """)
        {
            cases,
            seed,
            junit,
            output,
            json,
        };
        profile.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            if (BpfObjects.Probe() is { Available: false } lacking)
            {
                throw new UserError(lacking.Reason, ExitCode.Lacking);
            }
            ConformSession session = new(profile.Load(parsed)!, parsed.GetValue(seed), parsed.GetValue(cases), parsed.GetValue(output)!);
            return session.RunAsync(parsed.GetValue(junit), parsed.GetValue(json), cancel);
        });
        return command;
    }
}
