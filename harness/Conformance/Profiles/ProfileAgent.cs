using MizarLab.DataPlane;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>One endpoint's agent with its own maps, and what it has wired.</summary>
internal sealed class ProfileAgent : IDisposable
{
    private static readonly (AgentLinks Link, ProgramRole Program)[] JumpLinks =
    [
        (AgentLinks.Transit, ProgramRole.Transit),
        (AgentLinks.RedirectStatistics, ProgramRole.RedirectStatistics),
        (AgentLinks.PassStatistics, ProgramRole.PassStatistics),
        (AgentLinks.DropStatistics, ProgramRole.DropStatistics),
        (AgentLinks.AbortedStatistics, ProgramRole.AbortedStatistics),
    ];

    private readonly ForeignObject loaded;
    private readonly ProfileDroplet droplet;

    public ProfileAgent(Profile profile, ProfileProgram program, ProfileDroplet droplet)
    {
        this.droplet = droplet;
        loaded = ForeignObject.Load(profile, program, droplet.Owner);
        SetLinks(AgentLinks.Usual);
    }

    public int Program => loaded.Program;

    public AgentLinks Links { get; private set; }

    public ForeignMap Map(string name) => loaded.Map(name);

    /// <summary>Wires its tail calls; its devmap follows from <see cref="AgentLinks.Nic"/> and is the caller's.</summary>
    /// <exception cref="HarnessException">The profile has no program or slot for one of them.</exception>
    public void SetLinks(AgentLinks links)
    {
        JumpTable jump = droplet.Jump(ProgramRole.Agent);
        ForeignMap map = loaded.Map(jump.Map);
        foreach ((AgentLinks link, ProgramRole program) in JumpLinks)
        {
            bool wanted = links.HasFlag(link);
            if (jump.Slots.TryGetValue(program, out int slot))
            {
                ProfileDroplet.SetJump(map, slot, wanted ? droplet.Object(program).Program : null);
            }
            else if (wanted)
            {
                throw new HarnessException($"the profile's agent has no slot for '{YamlCursor.Name(program)}'");
            }
        }
        Links = links;
    }

    public void Dispose() => loaded.Dispose();
}
