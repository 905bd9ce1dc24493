using MizarLab.DataPlane;

namespace MizarLab.Overlay;

/// <summary>A stage program in a slot of a droplet's transit (spec §3.6, <see cref="StageSlot"/>).</summary>
public readonly record struct StageUse(int Slot, StageProgram Program);
