using System.Collections.Immutable;

namespace MizarLab.Overlay;

/// <summary>A program of the user's (<c>functions/NAME.bpf.c</c>), loaded as a stage (spec §3.6) when the timeline begins.</summary>
/// <param name="Name">Of the file and of the program in it.</param>
/// <param name="On">The droplets it runs on.</param>
/// <param name="Slot">Whose verdicts it sees (<see cref="DataPlane.StageSlot"/>).</param>
public readonly record struct UserFunction(string Name, ImmutableArray<DropletId> On, int Slot);
