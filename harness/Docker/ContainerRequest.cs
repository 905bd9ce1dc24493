using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Docker;

/// <summary>
/// What a container of the lab is made with: no network of the engine's, no capability, a root file system nobody can write. Everything a droplet needs is
/// done to its namespace from outside.
/// </summary>
public sealed record ContainerRequest(string Name, string Image, string RunId, ImmutableArray<string> Command)
{
    /// <summary>Processes a droplet's container may have: it has one.</summary>
    private const int ProcessLimit = 16;

    internal JsonObject ToJson() => new()
    {
        ["Image"] = Image,
        ["Cmd"] = new JsonArray([.. Command.Select(word => JsonValue.Create(word))]),
        ["Labels"] = new JsonObject
        {
            [DockerEngine.RunLabel] = LabNames.CheckedRun(RunId),
            [DockerEngine.RegistryLabel] = RunRegistry.Identity(),
        },
        ["NetworkDisabled"] = true,
        ["HostConfig"] = new JsonObject
        {
            ["NetworkMode"] = "none",
            ["CapDrop"] = new JsonArray("ALL"),
            ["SecurityOpt"] = new JsonArray("no-new-privileges"),
            ["ReadonlyRootfs"] = true,
            ["PidsLimit"] = ProcessLimit,
        },
    };
}
