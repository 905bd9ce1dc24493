using System.CommandLine;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Scenarios;

namespace MizarLab.Cli.Commands;

/// <summary>The two options by which a command takes someone else's programs in place of the lab's.</summary>
internal sealed class ProfileOptions
{
    private readonly Option<string?> profile;
    private readonly Option<string?> objects = new("--objects") { Description = "Folder of the profile's object files; default: the one it names.", HelpName = "folder" };

    public ProfileOptions(bool required) =>
        profile = new("--profile") { Description = "Run these compiled programs in place of the lab's own: profiles/*.profile.yaml (docs/conformance.md).", HelpName = "file", Required = required };

    public void AddTo(Command command)
    {
        command.Add(profile);
        command.Add(objects);
    }

    /// <summary>Null when none is named.</summary>
    /// <exception cref="UserError">The file cannot be read.</exception>
    /// <exception cref="ScenarioException">It is no profile.</exception>
    public Profile? Load(ParseResult parsed)
    {
        if (parsed.GetValue(profile) is not { } file)
        {
            return parsed.GetValue(objects) is null ? null : throw new UserError("--objects is the folder of a profile's objects; name the profile with --profile");
        }
        return ProfileReader.Read(file, UserFile.Read(file, ScenarioLoader.LargestFile), parsed.GetValue(objects));
    }
}
