using System.Diagnostics.CodeAnalysis;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>The sample models, each trained on the training file of its suite when it is asked for. No test file is read.</summary>
internal sealed class SampleModelCatalog
{
    /// <summary>How many training rows the baseline of the ticket classifier sees.</summary>
    public const int BaselineTickets = 24;

    /// <summary>How many training rows the baseline of the order extractor sees.</summary>
    public const int BaselineOrders = 12;

    /// <summary>How many training rows the baseline of the harbour office sees.</summary>
    public const int BaselineTurns = 40;

    /// <summary>How many training rows the baselines of the fault reports and of the rents see.</summary>
    public const int BaselineRows = 30;

    /// <summary>How many training rows the baseline that gives advice sees: one of each problem.</summary>
    public const int BaselinePairs = 10;

    /// <summary>The biases towards early sentences that training chooses from.</summary>
    private static readonly double[] LeadBiases = [0, 0.5, 1, 2];

    private readonly Dictionary<string, Lazy<ISampleModel>> _models = new(StringComparer.Ordinal);

    private SampleModelCatalog() { }

    public IReadOnlyList<string> Ids => [.. _models.Keys];

    /// <summary>Opens the catalog. A model is trained when it is asked for the first time, so that a start waits for none.</summary>
    /// <exception cref="FileNotFoundException">A suite's training file is missing.</exception>
    public static SampleModelCatalog Open(string samplesDirectory)
    {
        TrainingFiles.Check(samplesDirectory);
        Lazy<IReadOnlyList<T>> From<T>(Func<string, IReadOnlyList<T>> read) => new(() => read(samplesDirectory));
        var tickets = From(TrainingFiles.ReadTickets);
        var orders = From(TrainingFiles.ReadOrders);
        var articles = From(TrainingFiles.ReadArticles);
        var texts = From(TrainingFiles.ReadTexts);
        var turns = From(TrainingFiles.ReadHarbour);
        var faults = From(TrainingFiles.ReadFaults);
        var rents = From(TrainingFiles.ReadRents);
        var pairs = From(TrainingFiles.ReadPairs);
        var catalog = new SampleModelCatalog();
        catalog.Add("tickets-tuned", id => new ClassifierModel(id, NaiveBayesClassifier.Train(tickets.Value)));
        catalog.Add("tickets-base", id => new ClassifierModel(id, NaiveBayesClassifier.Train([.. tickets.Value.Take(BaselineTickets)])));
        catalog.Add(
            "summary-textrank",
            id => SummaryModel.Train(id, [.. LeadBiases.Select(bias => new TextRankSummariser(bias))], articles.Value)
        );
        catalog.Add("summary-lead", id => SummaryModel.Train(id, [new LeadSummariser()], articles.Value));
        catalog.Add("lm-trigram", id => new LanguageModel(id, NgramLanguageModel.Train(texts.Value, order: 3)));
        catalog.Add("lm-unigram", id => new LanguageModel(id, NgramLanguageModel.Train(texts.Value, order: 1)));
        catalog.Add("harbour-tuned", id => HarbourModel.Train(id, turns.Value));
        catalog.Add("harbour-base", id => HarbourModel.Train(id, [.. turns.Value.Take(BaselineTurns)]));
        catalog.Add("orders-tuned", id => OrderModel.Train(id, orders.Value));
        catalog.Add("orders-base", id => OrderModel.Train(id, [.. orders.Value.Take(BaselineOrders)]));
        catalog.Add("faults-tuned", id => LabelSetModel.Train(id, faults.Value));
        catalog.Add("faults-base", id => LabelSetModel.Train(id, [.. faults.Value.Take(BaselineRows)]));
        catalog.Add("rent-tuned", id => NumberModel.Train(id, rents.Value));
        catalog.Add("rent-base", id => NumberModel.Train(id, [.. rents.Value.Take(BaselineRows)]));
        catalog.Add(
            "advice-tuned",
            id => new AdviceModel(id, [.. pairs.Value.Select(pair => new AnsweredQuestion(pair.Question, pair.Preferred))])
        );
        catalog.Add(
            "advice-base",
            id => new AdviceModel(id, [.. pairs.Value.Take(BaselinePairs).Select(pair => new AnsweredQuestion(pair.Question, pair.Other))])
        );
        catalog.Add("pair-judge", _ => new PairJudge());
        return catalog;
    }

    /// <summary>Whether there is a model of this name.</summary>
    public bool Has(string id) => _models.ContainsKey(id);

    /// <summary>Finds a model; it is trained now if it was not asked for before.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out ISampleModel? model)
    {
        model = _models.GetValueOrDefault(id)?.Value;
        return model is not null;
    }

    private void Add(string id, Func<string, ISampleModel> train) => _models.Add(id, new Lazy<ISampleModel>(() => train(id)));
}
