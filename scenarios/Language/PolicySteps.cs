using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Steps that put policies into force and out of it.</summary>
internal static class PolicySteps
{
    private static readonly Key<PolicyId> Policy = Key.Needs("policy", References.Policy, "Which policy.");
    private static readonly Key<PolicyId> By = Key.Needs("by", References.Policy, "What takes its place.");

    public static readonly StepKind AddPolicy = new(
        new RecordShape("add_policy", "A policy declared in the topology comes into force.", Policy, StepKinds.Name, StepKinds.At) { Shorthand = Policy },
        static (f, t) =>
        {
            t.World.AddPolicy(f.Get(Policy), f.PlaceOf(Policy));
            t.Add(f, new AddPolicyStep(f.Get(Policy)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind DeletePolicy = new(
        new RecordShape("delete_policy", "A policy is no longer in force.", Policy, StepKinds.Name, StepKinds.At) { Shorthand = Policy },
        static (f, t) =>
        {
            t.World.DeletePolicy(f.Get(Policy), f.PlaceOf(Policy));
            t.Add(f, new DeletePolicyStep(f.Get(Policy)) { Name = "", Where = f.Where });
        });

    public static readonly StepKind ReplacePolicy = new(
        new RecordShape("replace_policy", "One policy gives way to another: an edit.", Policy, By, StepKinds.Name, StepKinds.At),
        static (f, t) =>
        {
            t.World.DeletePolicy(f.Get(Policy), f.PlaceOf(Policy));
            t.World.AddPolicy(f.Get(By), f.PlaceOf(By));
            t.Add(f, new ReplacePolicyStep(f.Get(Policy), f.Get(By)) { Name = "", Where = f.Where });
        });

    /// <summary>Policies that are not in force when the timeline begins: what it first does about them is to add them.</summary>
    public static SortedSet<int> AddedLater(IEnumerable<Variant<StepKind>> steps)
    {
        SortedSet<int> decided = [];
        SortedSet<int> later = [];
        foreach (Variant<StepKind> step in steps)
        {
            if ((step.Kind == DeletePolicy || step.Kind == ReplacePolicy) && step.Fields.Given(Policy))
            {
                decided.Add(step.Fields.Get(Policy).Index);
            }
            Key<PolicyId>? added = step.Kind == AddPolicy ? Policy : step.Kind == ReplacePolicy ? By : null;
            if (added is not null && step.Fields.Given(added) && decided.Add(step.Fields.Get(added).Index))
            {
                later.Add(step.Fields.Get(added).Index);
            }
        }
        return later;
    }
}
